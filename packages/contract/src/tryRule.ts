import { ClusterManager, type ComputeError, ContainerManager, offers, Scheduler } from "@orrery/core"
import { type Context, Effect, Exit, Layer } from "effect"
import type { Backend } from "./Backend.ts"
import { Mismatch } from "./expect.ts"
import { Foreign, noneForeign } from "./Foreign.ts"
import type { Given, Rule, RuleResult } from "./Rule.ts"

/** How to try a rule on one service: the trial itself, and how what it made under a name is removed. */
interface Trial<Id, Api> {
  readonly service: Context.Key<Id, Api>
  readonly layer: Layer.Layer<Id, ComputeError>
  readonly body: (api: Api, given: Given) => RuleResult
  readonly remove: (api: Api, name: string) => Effect.Effect<void, ComputeError>
}

const tryOn = <Id, Api>(
  backend: Backend,
  serial: number,
  { body, layer, remove, service }: Trial<Id, Api>
): RuleResult =>
  Effect.gen(function* () {
    const api = yield* service
    const names = new Set<string>()
    const exit = yield* Effect.exit(
      Effect.scoped(
        body(api, {
          backend: backend.name,
          pace: backend.pace,
          fixtures: backend.fixtures,
          provides: (feature) => offers(backend.capabilities, feature),
          shows: (ability) => backend.lacks?.[ability] === undefined,
          foreign: yield* Foreign,
          name: (part) => {
            const name = `${backend.fixtures.prefix}-${serial}-${part}`
            names.add(name)
            return name
          }
        })
      )
    )
    const teardown = yield* Effect.exit(Effect.forEach(names, (name) => remove(api, name), { discard: true }))
    return yield* Exit.isFailure(exit) ? exit : teardown
  }).pipe(Effect.provide(Layer.merge(layer, backend.foreign ?? noneForeign)))

/** Tries one rule on one backend and removes what it made; `serial` keeps the names of different rules apart. */
export const tryRule = (backend: Backend, rule: Rule, serial: number): RuleResult => {
  const { clusters, containers, jobs } = backend.services
  const unlessAbsent = (feature: "clusters" | "deployments" | "jobs", remove: Effect.Effect<void, ComputeError>) =>
    offers(backend.capabilities, feature) ? remove : Effect.void
  if (rule.service === "clusters" && clusters !== undefined)
    return tryOn(backend, serial, {
      service: ClusterManager,
      layer: clusters,
      body: rule.body,
      remove: (api, name) => unlessAbsent("clusters", api.deleteCluster(name))
    })
  if (rule.service === "containers" && containers !== undefined)
    return tryOn(backend, serial, {
      service: ContainerManager,
      layer: containers,
      body: rule.body,
      remove: (api, name) => unlessAbsent("deployments", api.deleteDeployment({ name }))
    })
  if (rule.service === "jobs" && jobs !== undefined)
    return tryOn(backend, serial, {
      service: Scheduler,
      layer: jobs,
      body: rule.body,
      remove: (api, name) => unlessAbsent("jobs", api.remove({ name }))
    })
  return new Mismatch({ detail: `the backend has no service for ${rule.service}` })
}
