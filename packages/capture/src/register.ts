// `node --import @recount/capture/register app.js`: the global `fetch` records the calls to providers that are known by their
// host, and to the base URLs that the environment names, with the logger that environment flags configure.
import { capturingFetch } from './fetch/capture-fetch.ts'
import { environmentBaseUrls } from './fetch/environment-base-urls.ts'
import { resolveOptions } from './options.ts'

const baseUrls = environmentBaseUrls(process.env)
globalThis.fetch = capturingFetch(resolveOptions({ baseUrls }), false)
