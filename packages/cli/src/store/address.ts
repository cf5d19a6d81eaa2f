/** Whether a store is a database on a server, and no file. */
export function isServer(target: string): boolean {
  return /^clickhouses?:\/\//i.test(target)
}

/** An address without what is secret in it. */
export function withoutPassword(target: string): string {
  return target.replace(/^(\w+:\/\/)[^/@]*@/, '$1')
}
