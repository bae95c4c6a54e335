import type { Layer } from "effect"
import type { Middleware } from "../middleware/Around.ts"
import type { Problem } from "../model/Problem.ts"
import type { ClusterManager } from "../service/ClusterManager.ts"
import type { ContainerManager } from "../service/ContainerManager.ts"
import type { Scheduler } from "../service/Scheduler.ts"

/** Any of the three services, or several. */
export type AnyService = ClusterManager | ContainerManager | Scheduler

/** Every field of a provider's configuration, and whether it can be left out. */
export type ConfigFields<C> = {
  readonly [K in keyof C]-?: Record<never, never> extends Pick<C, K> ? "optional" : "required"
}

/** What every provider's package exports: a layer of those services that it has. */
export interface ProviderModule<C, E, ROut = AnyService> {
  readonly layer: (config: C) => Layer.Layer<ROut, E>
  /** By it a misspelt field is refused, which would otherwise lead to whatever is reached by default. */
  readonly configFields?: ConfigFields<C>
  /** What its calls go through; `production` where it does not say. */
  readonly through?: Middleware
}

/** A provider's module and how to reach it: `{ provider: import("@orrery/provider-aws"), config: { region } }`. */
export interface ConnectConfig<C, E, ROut = AnyService> {
  readonly provider: ProviderModule<C, E, ROut> | Promise<ProviderModule<C, E, ROut>>
  readonly config: C
}

/** What is wrong with a configuration that no compiler has seen. */
const configProblems = (config: unknown, fields: ReadonlyMap<string, unknown>): ReadonlyArray<Problem> => {
  if (typeof config !== "object" || config === null)
    return [{ path: "config", message: "no configuration is given", remedy: "give at least an empty one: config: {}" }]
  const allowed = `allowed: ${[...fields.keys()].join(", ")}`
  const unknown = Object.keys(config).filter((name) => !fields.has(name))
  const missing = [...fields.keys()].filter((name) => fields.get(name) === "required" && !Object.hasOwn(config, name))
  return [
    ...unknown.map((name) => ({ path: `config.${name}`, message: `unknown field, ${allowed}` })),
    ...missing.map((name) => ({ path: `config.${name}`, message: "missing", remedy: `add ${name} to the config` }))
  ]
}

/** What is wrong with what a program wants to connect to. */
export const connectProblems = (module: unknown, config: unknown): ReadonlyArray<Problem> => {
  const { configFields, layer }: Partial<ProviderModule<object, unknown>> = Object(module)
  if (typeof layer !== "function")
    return [
      {
        path: "provider",
        message: "neither a provider's module nor a layer",
        remedy: 'give the module and its configuration: { provider: import("@orrery/provider-k8s"), config: {} }'
      }
    ]
  return configFields === undefined ? [] : configProblems(config, new Map(Object.entries(configFields)))
}
