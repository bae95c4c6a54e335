import {
  type Capabilities,
  type ClusterManager,
  type ComputeError,
  type ContainerManager,
  type Feature,
  features,
  offers,
  type Scheduler
} from "@orrery/core"
import { Effect, Stream } from "effect"
import { clustersState } from "./clusters/looks.ts"
import { deploymentsState } from "./deployments/looks.ts"
import { steady } from "./eventually.ts"
import { expectRefusal, expectSame } from "./expect.ts"
import { jobsState } from "./jobs/looks.ts"
import { clusterRule, containerRule, type Given, jobRule, type Rule } from "./Rule.ts"
import { clusterOf, deploymentOf, endlessJobOf, jobOf, poolOf } from "./specs.ts"

type Call = Effect.Effect<unknown, ComputeError>
type Calls<Api> = { readonly [F in Feature]?: (api: Api, given: Given) => Call }

const withRequests = (given: Given, name: string, gpuMilli: number) => {
  const job = jobOf(given, name)
  const containers = job.pod.containers.map((container) => ({
    ...container,
    resources: { requests: { ...given.fixtures.requests, gpuMilli } }
  }))
  return { ...job, pod: { ...job.pod, containers } }
}

const clusterCalls: Calls<ClusterManager["Service"]> = {
  clusters: (clusters, given) => clusters.createCluster(clusterOf(given, given.name("gap"))),
  nodePools: (clusters, given) =>
    clusters.createCluster(
      clusterOf(given, given.name("gap"), { nodePools: [poolOf(given), poolOf(given, { name: "more" })] })
    ),
  spot: (clusters, given) =>
    clusters.createCluster(
      clusterOf(given, given.name("gap"), { nodePools: [poolOf(given, { spot: { enabled: true } })] })
    ),
  scaleToZero: (clusters, given) =>
    clusters.createCluster(clusterOf(given, given.name("gap"), { nodePools: [poolOf(given, { minSize: 0 })] })),
  leases: (clusters, given) => clusters.createCluster(clusterOf(given, given.name("gap"), { leaseMs: 3_600_000 })),
  nodeEvents: (clusters, given) => Stream.runDrain(clusters.watchCluster(given.name("gap"))),
  cordon: (clusters, given) => clusters.nodes.cordon(given.name("gap")),
  drain: (clusters, given) => clusters.nodes.drain(given.name("gap"))
}

const containerCalls: Calls<ContainerManager["Service"]> = {
  deployments: (containers, given) => containers.createDeployment(deploymentOf(given, given.name("gap"))),
  rollingUpdate: (containers, given) => {
    const { template } = deploymentOf(given, given.name("gap"))
    return containers.updateDeployment({ name: given.name("gap") }, { template })
  },
  rollback: (containers, given) => containers.rollback({ name: given.name("gap") }, 1),
  deploymentEvents: (containers, given) => Stream.runDrain(containers.watchDeployment({ name: given.name("gap") })),
  logs: (containers, given) => Stream.runDrain(containers.logs({ name: given.name("gap") })),
  logsFollow: (containers, given) => Stream.runDrain(containers.logs({ name: given.name("gap") }, { follow: true })),
  exec: (containers, given) => containers.exec({ name: given.name("gap") }, ["true"]),
  portForward: (containers, given) => Effect.scoped(containers.portForward({ name: given.name("gap") }, 80))
}

const jobCalls: Calls<Scheduler["Service"]> = {
  jobs: (jobs, given) => jobs.submit(jobOf(given, given.name("gap"))),
  jobArrays: (jobs, given) => jobs.submit(jobOf(given, given.name("gap"), { completions: 2 })),
  jobRetries: (jobs, given) => jobs.submit(jobOf(given, given.name("gap"), { retries: 1 })),
  hold: (jobs, given) => jobs.submit(endlessJobOf(given, given.name("gap"), { held: true })),
  cancel: (jobs, given) => jobs.cancel({ name: given.name("gap") }),
  jobEvents: (jobs, given) => Stream.runDrain(jobs.watch({ name: given.name("gap") })),
  logs: (jobs, given) => Stream.runDrain(jobs.logs({ name: given.name("gap") })),
  logsFollow: (jobs, given) => Stream.runDrain(jobs.logs({ name: given.name("gap") }, { follow: true })),
  why: (jobs, given) => jobs.why({ name: given.name("gap") }),
  capacity: (jobs) => jobs.capacity,
  gpus: (jobs, given) => jobs.submit(withRequests(given, given.name("gap"), 1_000)),
  gpuShares: (jobs, given) => jobs.submit(withRequests(given, given.name("gap"), 500))
}

/** What no call of a service asks for, so that it cannot be refused: machines are stopped, and use is measured, below. */
export const neverCalled: ReadonlyArray<Feature> = ["stopStart", "usage"]

/** The refusal names this gap, or another one that the same call runs into: without clusters there are no pools either. */
const refusedAs = ({ capabilities }: { readonly capabilities: Capabilities }, feature: Feature, call: Call) =>
  Effect.flatMap(expectRefusal(call, "Unsupported", feature), ({ feature: named }) =>
    Object.keys(features).some((gap) => gap === named && !offers(capabilities, gap as Feature))
      ? Effect.void
      : expectSame(named, feature, "feature named by the refusal")
  )

const changesNothing = <A, F>({ pace }: Given, state: Effect.Effect<A, ComputeError>, act: Effect.Effect<void, F>) =>
  Effect.gen(function* () {
    // where the lists themselves are a gap there is nothing that could change
    const seen = steady(
      pace,
      Effect.catchReason(state, "ComputeError", "Unsupported", () => Effect.succeed("nothing to see"))
    )
    const before = yield* seen
    yield* act
    yield* expectSame(yield* seen, before, "what exists after the refusal")
  })

const keysOf = <Api>(calls: Calls<Api>) => Object.keys(calls) as ReadonlyArray<Feature>

/** For each feature that can be called: where it is absent, the call is refused as such and changes nothing. */
export const gapRules: ReadonlyArray<{ readonly feature: Feature; readonly rule: Rule }> = [
  ...keysOf(clusterCalls).map((feature) => ({
    feature,
    rule: clusterRule(`clusters: ${feature} is refused and changes nothing`, [], (clusters, given) =>
      changesNothing(
        given,
        clustersState(clusters),
        refusedAs(clusters, feature, clusterCalls[feature]?.(clusters, given) ?? Effect.void)
      )
    )
  })),
  ...keysOf(containerCalls).map((feature) => ({
    feature,
    rule: containerRule(`deployments: ${feature} is refused and changes nothing`, [], (containers, given) =>
      changesNothing(
        given,
        deploymentsState(containers),
        refusedAs(containers, feature, containerCalls[feature]?.(containers, given) ?? Effect.void)
      )
    )
  })),
  ...keysOf(jobCalls).map((feature) => ({
    feature,
    rule: jobRule(`jobs: ${feature} is refused and changes nothing`, [], (jobs, given) =>
      changesNothing(given, jobsState(jobs), refusedAs(jobs, feature, jobCalls[feature]?.(jobs, given) ?? Effect.void))
    )
  }))
]
