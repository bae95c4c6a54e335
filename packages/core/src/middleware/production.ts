import type { Middleware } from "./Around.ts"
import { guard } from "./guard.ts"
import { keepWatching } from "./keepWatching.ts"
import { type LimitOptions, limit } from "./limit.ts"
import { observe } from "./observe.ts"
import { type RetryOptions, retry } from "./retry.ts"

/** What to set of the parts; each has a default that does for most backends. */
export interface ProductionOptions {
  readonly retry?: RetryOptions
  readonly limit?: LimitOptions
}

/**
 * What every provider is used through: guard over watches that are kept open over retry over observe over
 * limit. Each try is seen and counted alone.
 */
export const production =
  (options: ProductionOptions = {}): Middleware =>
  (layer) =>
    layer.pipe(limit(options.limit), observe(), retry(options.retry), keepWatching(), guard())
