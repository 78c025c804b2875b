// Two copies in one process: packs the packages as npm would get them, unpacks them side by side, and runs programs that mix them.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pnpm, root } from './pnpm.mjs'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-copies-')))
const run = (command, args, cwd = folder) => {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${command} ${args[0]} failed`)
}

/** Unpacks a package under a name. */
function install(tarball, name) {
  const target = join(folder, 'node_modules', name)
  mkdirSync(target, { recursive: true })
  run('tar', ['-xzf', join(folder, tarball), '--strip-components=1', '-C', target])
  return target
}

try {
  for (const name of ['core', 'operators', 'adapters', 'sluice']) {
    if (pnpm(['pack', '--pack-destination', folder], { cwd: join(root, 'packages', name), stdio: ['ignore', 'ignore', 'inherit'] }) !== 0) throw new Error(`packing ${name} failed`)
  }
  const tarballs = readdirSync(folder).filter((file) => file.endsWith('.tgz'))
  const tarballOf = (name) => tarballs.find((file) => file.startsWith(name))
  install(tarballOf('sluice-core-'), '@sluice/core')
  install(tarballOf('sluice-operators-'), '@sluice/operators')
  install(tarballOf('sluice-adapters-'), '@sluice/adapters')
  install(tarballs.find((file) => /^sluice-\d/.test(file)), 'sluice')

  // A version with another protocol: the same code with another number.
  const other = install(tarballOf('sluice-core-'), 'other-core')
  let patched = 0
  for (const file of readdirSync(join(other, 'dist')).filter((each) => /\.c?js$/.test(each))) {
    const path = join(other, 'dist', file)
    const text = readFileSync(path, 'utf8')
    const changed = text.replace(/\bPROTOCOL = 1\b/g, 'PROTOCOL = 2')
    if (changed !== text) patched++
    writeFileSync(path, changed)
  }
  if (patched === 0) throw new Error('the number of the protocol was not found in the built files')

  cpSync(join(root, 'scripts/copies'), folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    compilerOptions: { strict: true, exactOptionalPropertyTypes: true, module: 'Node16', moduleResolution: 'Node16', target: 'ES2022', lib: ['ES2023', 'ESNext.Disposable'], types: ['node'], typeRoots: [join(root, 'node_modules/@types')], noEmit: true },
    files: ['types.mts', 'types-cjs.cts'],
  }))
  for (const program of ['mixed.mjs', 'commonjs.cjs', 'other-protocol.mjs']) run(process.execPath, [program])
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'])
  console.log('types: ok')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
