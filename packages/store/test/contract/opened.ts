import type { TestContext } from 'node:test'
import type { Store, StoreOptions } from '../../src/index.ts'

/** Opens an empty store that goes when the test ends. */
export type Opened = (t: TestContext, options?: StoreOptions) => Promise<Store>
