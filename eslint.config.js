import js from '@eslint/js'
import tseslint from 'typescript-eslint'

const banned = [
  { selector: "MemberExpression[object.name='Promise'][property.name='race']", message: 'Promise.race keeps every contender alive while one is pending.' },
  { selector: "MemberExpression[object.name='AbortSignal'][property.name='any']", message: 'AbortSignal.any on a long-lived signal leaks: follow the signal and forget it.' },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  { selector: 'TSEnumDeclaration', message: 'Use a union of words.' },
]

const onePump = { selector: "CallExpression[callee.property.name='task'][callee.object.name=/^(stage|handle)$/], CallExpression[callee.property.name='task'][callee.object.property.name=/stage$/]",
  message: 'A stage that works ahead fills its keeper by a Feed; see engine/feed.ts.' }
const oneTrial = { selector: "CallExpression[callee.name='supervisorOf']", message: 'An item that failed is put before its supervisor by Trials; see engine/trials.ts.' }
/** Tasks that read nothing ahead: the end of a run, the next tries of items, the rest of a batch, a second source that is only listened to. */
const ownTasks = ['core/src/engine/feed.ts', 'core/src/engine/driver.ts', 'core/src/engine/retrials.ts', 'core/src/run/source-iterator.ts', 'core/src/sink/each-intake.ts',
  'operators/src/select/notifier.ts', 'operators/src/time/notifier.ts']
const inPackages = (files) => files.map((file) => `packages/${file}`)

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/coverage/**', '**/*.mjs', '**/*.cjs', '**/*.js', '**/*.cts', '**/*.mts', '**/out/**'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { // The root config: its paths lead to the sources of the other packages, tests included.
      parserOptions: { project: ['./tsconfig.json', './examples/rxjs-bridge/tsconfig.json', './packages/inspector/page/tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...banned],
      // `tsc` knows better which names exist.
      'no-undef': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true }],
      // A thrown or rejected value is handed on as it came, whatever it is.
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      // `void | Promise<void>` says "perhaps later", which is what half of the protocol is about.
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      // Type parameters that are given by hand at the call are used once by nature.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    files: ['**/*.test.ts', '**/*.test-d.ts', '**/laws/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['packages/*/src/**/*.ts'], ignores: ['**/*.test.ts'], rules: { 'no-restricted-syntax': ['error', ...banned, onePump, oneTrial] } },
  { files: inPackages(ownTasks), rules: { 'no-restricted-syntax': ['error', ...banned, oneTrial] } },
  { files: inPackages(['core/src/engine/trials.ts']), rules: { 'no-restricted-syntax': ['error', ...banned, onePump] } },
  { files: ['*.config.ts', '**/tsup.config.ts', '**/vite.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
)
