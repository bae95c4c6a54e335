import { Effect, Result, Stream } from "effect"
import type { Feature } from "../model/Capability.ts"
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

const refusalOf = ({ backend, capabilities, method, name }: Operation, args: ReadonlyArray<unknown>) => {
  const found = rules.get(name)
  if (found === undefined) return Result.succeed(undefined)
  // The rules are total over the services' methods and take the same arguments, which the compiler has checked.
  const { needs = [], problems } = found(...(args as ReadonlyArray<never>))
  // a gap is told before a limit: what is not offered at all has no bounds worth naming
  const gap = needs.find((feature: Feature) => capabilities[feature]._tag === "Absent")
  const support = gap === undefined ? undefined : capabilities[gap]
  if (gap !== undefined && support?._tag === "Absent")
    return Result.fail(because(new Unsupported({ backend, operation: method, feature: gap, why: support.why })))
  const wrong = problems?.(capabilities.limits) ?? []
  return wrong.length > 0
    ? Result.fail(because(new InvalidInput({ backend, operation: method, problems: wrong })))
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
