// parts FOLDER: what a page of each room loads, in bytes as compressed (brotli), from the list of parts of a build.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const [folder] = process.argv.slice(2)
const list = readFileSync(join(folder, '__wasm_split.js'), 'utf8')
const size = (name) => statSync(join(folder, `${name}.br`)).size
const everywhere = ['millwright.js', '__wasm_split.js', 'millwright_bg.wasm'].reduce((sum, name) => sum + size(name), 0)
const file = (text) => text.match(/"\.\/([^"]+\.wasm)"/)?.[1]
const chunks = new Map([...list.matchAll(/const (__chunk_\d+) = makeLoad\(([^]*?), \[\]\);/g)].map(([, name, body]) => [name, file(body)]))
console.log(`every page ${everywhere}`)
for (const [, room, body, needs] of list.matchAll(/export const __wasm_split_load_(\w+) = wrapAsyncCb\(makeLoad\(([^]*?), \[([^\]]*)\]\)\);/g)) {
  const files = [file(body), ...needs.split(', ').map((name) => chunks.get(name))].filter(Boolean)
  console.log(`${room} ${everywhere + files.reduce((sum, name) => sum + size(name), 0)} in ${files.length + 3} files`)
}
