// Sends one file with tus-js-client: node tus.mjs MODULES ENDPOINT TOKEN TEAM SHA256 FILE
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [modules, endpoint, token, team, sha256, file] = process.argv.slice(2)
const tus = createRequire(modules + '/')('tus-js-client')

const upload = new tus.Upload(readFileSync(file), {
  endpoint,
  headers: { Authorization: `Bearer ${token}` },
  metadata: { team, sha256 },
  retryDelays: Array(200).fill(5),
  onError(err) {
    console.log(String(err))
    process.exit(1)
  },
  onSuccess() {
    console.log('ok')
    process.exit(0)
  },
})
upload.start()
