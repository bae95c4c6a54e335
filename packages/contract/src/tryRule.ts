import { ClusterManager, type ComputeError, ContainerManager, offers, Scheduler } from "@orrery/core"
import { type Context, Effect, Exit, Layer, Option } from "effect"
import type { Backend } from "./Backend.ts"
import { expectSame, Mismatch } from "./expect.ts"
import { Foreign } from "./Foreign.ts"
import type { Given, Rule, RuleResult } from "./Rule.ts"

type Trial<Api> = {
  readonly body: (api: Api) => RuleResult
  readonly remove: (api: Api) => (name: string) => Effect.Effect<void, ComputeError>
}

const orMismatch = <A, E>(effect: Effect.Effect<A, E>, during: string): Effect.Effect<A, Mismatch> =>
  Effect.mapError(effect, (error) => new Mismatch({ detail: `${during} failed: ${String(error)}` }))

/** Plants what is not ours, tries the rule, removes what it made, and looks whether the rest is untouched. */
const tryOn = <Id, Api>(
  backend: Backend,
  service: Context.Key<Id, Api>,
  layer: Layer.Layer<Id, ComputeError>,
  names: ReadonlyArray<string>,
  { body, remove }: Trial<Api>
): RuleResult =>
  Effect.gen(function* () {
    const api = yield* service
    const foreign = yield* Effect.serviceOption(Foreign)
    if (Option.isSome(foreign)) yield* orMismatch(foreign.value.plant(backend.fixtures.prefix), "planting")
    const planted = Option.isSome(foreign) ? yield* orMismatch(foreign.value.intact, "looking at what is not ours") : []
    const exit = yield* Effect.exit(Effect.scoped(body(api)))
    const teardown = yield* Effect.exit(
      Effect.forEach(names, (name) => orMismatch(remove(api)(name), `removing ${name}`), { discard: true })
    )
    if (Exit.isFailure(exit)) return yield* exit
    if (Exit.isFailure(teardown)) return yield* teardown
    if (Option.isSome(foreign)) {
      const left = yield* orMismatch(foreign.value.intact, "looking at what is not ours")
      yield* expectSame(left, planted, "things that are not ours")
      yield* orMismatch(foreign.value.clear, "clearing what was planted")
    }
  }).pipe(Effect.provide(Layer.merge(layer, backend.foreign ?? Layer.empty)))

/** Tries one rule on one backend; `serial` keeps the names of different rules apart. */
export const tryRule = (backend: Backend, rule: Rule, serial: number): RuleResult => {
  const { capabilities, fixtures, pace, services } = backend
  const names: Array<string> = []
  const given: Given = {
    backend: backend.name,
    pace,
    fixtures,
    provides: (feature) => offers(capabilities, feature),
    name: (part) => {
      const name = `${fixtures.prefix}-${serial}-${part}`
      names.push(name)
      return name
    }
  }
  if (rule.service === "clusters" && services.clusters !== undefined)
    return tryOn(backend, ClusterManager, services.clusters, names, {
      body: (clusters) => rule.body(clusters, given),
      remove: (clusters) => (given.provides("clusters") ? clusters.deleteCluster : () => Effect.void)
    })
  if (rule.service === "containers" && services.containers !== undefined)
    return tryOn(backend, ContainerManager, services.containers, names, {
      body: (containers) => rule.body(containers, given),
      remove: (containers) => (name) =>
        given.provides("deployments") ? containers.deleteDeployment({ name }) : Effect.void
    })
  if (rule.service === "jobs" && services.jobs !== undefined)
    return tryOn(backend, Scheduler, services.jobs, names, {
      body: (jobs) => rule.body(jobs, given),
      remove: (jobs) => (name) => (given.provides("jobs") ? jobs.remove({ name }) : Effect.void)
    })
  return Effect.fail(new Mismatch({ detail: `the backend has no service for ${rule.service}` }))
}
