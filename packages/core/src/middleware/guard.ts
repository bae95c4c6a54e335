import { Effect, Result, Stream } from "effect"
import { type Feature, features } from "../model/Capability.ts"
import { because, type ComputeError, InvalidInput, Unsupported } from "../service/ComputeError.ts"
import { type Middleware, middleware, type Operation } from "./Around.ts"
import { clusterRules, nodeRules } from "./clusterRules.ts"
import { containerRules } from "./containerRules.ts"
import type { Rule } from "./Rule.ts"
import { schedulerRules } from "./schedulerRules.ts"

type AnyRule = (...args: ReadonlyArray<never>) => Rule

const rulesOf = (prefix: string, rules: Readonly<Record<string, AnyRule>>): ReadonlyArray<readonly [string, AnyRule]> =>
  Object.entries(rules).map(([method, rule]) => [`${prefix}.${method}`, rule])

/** Every rule by the full name of its method. Ports have none: they are behind a service that has been guarded. */
const rules: ReadonlyMap<string, AnyRule> = new Map([
  ...rulesOf("ClusterManager", clusterRules),
  ...rulesOf("ClusterManager.nodes", nodeRules),
  ...rulesOf("ContainerManager", containerRules),
  ...rulesOf("Scheduler", schedulerRules),
  ["Scheduler.capacity", (): Rule => ({ needs: ["capacity"] })]
])

const refusalOf = ({ backend, capabilities, name }: Operation, args: ReadonlyArray<unknown>) => {
  const found = rules.get(name)
  if (found === undefined) return Result.succeed(undefined)
  // The rules are total over the services' methods and take the same arguments, which the compiler has checked.
  const { needs = [], problems } = found(...(args as ReadonlyArray<never>))
  const wrong = problems?.(capabilities.limits) ?? []
  if (wrong.length > 0) return Result.fail(because(new InvalidInput({ backend, operation: name, problems: wrong })))
  const gap = needs.find((feature: Feature) => capabilities[feature]._tag === "Absent")
  const support = gap === undefined ? undefined : capabilities[gap]
  return gap !== undefined && support?._tag === "Absent"
    ? Result.fail(
        because(new Unsupported({ backend, operation: name, feature: `${gap} (${features[gap]})`, why: support.why }))
      )
    : Result.succeed(undefined)
}

/** Refuses what the provider has declared not to offer and what cannot be right, before the provider is reached. */
export const guard = (): Middleware => {
  const check = (operation: Operation, args: ReadonlyArray<unknown>): Effect.Effect<void, ComputeError> =>
    Effect.fromResult(refusalOf(operation, args))
  return middleware({
    effect: (operation, args, call) =>
      Effect.flatMap(
        Effect.suspend(() => check(operation, args)),
        () => call
      ),
    stream: (operation, args, call) =>
      Stream.unwrap(
        Effect.as(
          Effect.suspend(() => check(operation, args)),
          call
        )
      )
  })
}
