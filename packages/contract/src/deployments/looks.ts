import { type ComputeError, type ContainerManager, type DeploymentStatus, everywhere } from "@orrery/core"
import { Effect, Stream } from "effect"
import { eventually } from "../eventually.ts"
import type { Given } from "../Rule.ts"

type Containers = ContainerManager["Service"]

/** All deployments, in the order of their namespaces and names. */
export const allDeployments = (
  containers: Containers,
  namespace: string = everywhere
): Effect.Effect<ReadonlyArray<DeploymentStatus>, ComputeError> =>
  Effect.map(Stream.runCollect(containers.listDeployments(namespace)), (found) =>
    found.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  )

const keyOf = ({ spec }: DeploymentStatus): string => `${spec.namespace}/${spec.name}`

/** What must be the same before and after a call that was refused. */
export const deploymentsState = (containers: Containers) =>
  Effect.map(allDeployments(containers), (all) => all.map(({ spec, revision }) => ({ spec, revision })))

/** The pods of a deployment that are there or coming. */
export const podsOf = (containers: Containers, name: string) =>
  Effect.map(Stream.runCollect(containers.pods({ name })), (pods) =>
    pods.filter(({ state }) => state !== "leaving" && state !== "failed" && state !== "succeeded")
  )

/** Waits until all replicas are of the newest revision and ready, and none besides. */
export const availableWith = (containers: Containers, { pace }: Given, name: string, count: number) =>
  eventually(pace, {
    look: containers.getDeployment({ name }),
    until: ({ replicas }) =>
      replicas.desired === count && replicas.total === count && replicas.updated === count && replicas.ready === count,
    what: `deployment ${name} has ${count} ready replicas`
  })
