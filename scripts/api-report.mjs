// The public API of each package as a text file, packages/*/etc/*.api.md: a change of it shows in review.
// `--update` accepts the API as it is; without it a difference is a failure.
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { root } from './pnpm.mjs'

const update = process.argv.includes('--update')
let failed = false
for (const name of readdirSync(`${root}packages`)) {
  const folder = `${root}packages/${name}`
  const dist = `${folder}/dist`
  // Adapters have one entry for each outside world; a package of one entry may have further ones, such as its laws.
  const further = readdirSync(dist, { withFileTypes: true }).filter((entry) => entry.isDirectory() && existsSync(`${dist}/${entry.name}/index.d.ts`))
    .map((entry) => [`${name}-${entry.name}`, `${dist}/${entry.name}/index.d.ts`])
  for (const door of ['authoring', 'durable']) if (existsSync(`${dist}/${door}.d.ts`)) further.push([`${name}-${door}`, `${dist}/${door}.d.ts`])
  const entries = name === 'adapters' ? further : [[name, `${dist}/index.d.ts`], ...further]
  mkdirSync(`${folder}/etc`, { recursive: true })
  for (const [report, types] of entries) {
    const config = ExtractorConfig.prepare({
      configObjectFullPath: `${folder}/api-extractor.json`,
      packageJsonFullPath: `${folder}/package.json`,
      configObject: {
        projectFolder: folder,
        mainEntryPointFilePath: types,
        compiler: { overrideTsconfig: { compilerOptions: { target: 'ES2022', lib: ['ES2023', 'ESNext.Disposable'], module: 'ESNext', moduleResolution: 'Bundler', strict: true, skipLibCheck: true, types: ['node'] } } },
        apiReport: { enabled: true, reportFileName: report, reportFolder: `${folder}/etc`, reportTempFolder: `${root}node_modules/.api/${report}` },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: {
          extractorMessageReporting: { default: { logLevel: 'none' } },
          compilerMessageReporting: { default: { logLevel: 'none' } },
          tsdocMessageReporting: { default: { logLevel: 'none' } },
        },
      },
    })
    const result = Extractor.invoke(config, { localBuild: update || !existsSync(`${folder}/etc/${report}.api.md`), showVerboseMessages: false, messageCallback: (message) => { message.handled = message.logLevel !== 'error' } })
    if (!update && result.apiReportChanged) {
      console.error(`packages/${name}/etc/${report}.api.md differs from the API. If that is meant: npm run api -- --update`)
      failed = true
    } else {
      console.log(`${report}: API report ${result.apiReportChanged ? 'updated' : 'unchanged'}`)
    }
  }
}
process.exit(failed ? 1 : 0)
