import type { ConnectOptions } from '@recount/s3'
import type { Command } from 'commander'

/** Options of every command that reaches a store. */
export interface StoreCommandOptions {
  readonly endpoint?: string
  readonly region?: string
  readonly pathStyle?: boolean
}

/** Adds them to a command. */
export function withStore(command: Command): Command {
  return command
    .option('--endpoint <url>', 'a store other than AWS (default: $AWS_ENDPOINT_URL)')
    .option('--region <name>', "the store's region (default: $AWS_REGION)")
    .option('--path-style', 'the bucket is in the path (default where an endpoint is given)')
    .option('--no-path-style', 'the bucket is in the host name')
}

/** They as the package takes them. */
export function connectionOf({ endpoint, region, pathStyle }: StoreCommandOptions): ConnectOptions {
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(pathStyle !== undefined && { forcePathStyle: pathStyle }),
  }
}
