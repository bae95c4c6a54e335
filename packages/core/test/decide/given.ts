import {
  ClusterSpec,
  Deployment,
  type InNamespace,
  type Node,
  NodePool,
  type Offering,
  type Pod,
  PodSpec,
  type Resources,
  usualNamespace,
  within
} from "@orrery/core"
import { Schema } from "effect"

/** Gibibytes as bytes. */
export const gib = 2 ** 30

/** An amount of resources in handy units. */
export const amount = (cpuMilli: number, memoryGib = 0, gpuMilli = 0): Resources => ({
  cpuMilli,
  memoryBytes: memoryGib * gib,
  gpuMilli
})

/** A node that is up, with four cores and 16 GiB. */
export const node = (name: string, given: Partial<Node> = {}): Node => ({
  name,
  id: `id-${name}`,
  cluster: "test",
  pool: name.replace(/-\d+$/, ""),
  state: "ready",
  schedulable: true,
  instanceType: "small",
  zone: "z1",
  market: "on-demand",
  labels: {},
  taints: [],
  capacity: amount(4000, 16),
  microUsdPerHour: 100_000,
  createdAtMs: 0,
  ...given
})

/** A pod's description, as it would be written in a file but for its resources. */
export const podSpec = (
  request: Partial<Resources>,
  given: Partial<Omit<typeof PodSpec.Encoded, "containers">> = {},
  ports: ReadonlyArray<number> = []
): PodSpec => {
  const spec = Schema.decodeSync(PodSpec)({
    containers: [{ name: "main", image: "app:1", ports: ports.map((containerPort) => ({ containerPort })) }],
    ...given
  })
  const requests: Resources = { ...amount(0), ...request }
  return { ...spec, containers: spec.containers.map((container) => ({ ...container, resources: { requests } })) }
}

/** A pod that waits, unless a node is given. */
export const pod = (name: string, spec: PodSpec, given: Partial<Pod> = {}): Pod => ({
  name,
  namespace: "default",
  labels: {},
  spec,
  state: given.node === undefined ? "waiting" : "ready",
  owner: { kind: "deployment", name: "web" },
  createdAtMs: 0,
  ...given
})

/** A pool of the instance type `small`. */
export const pool = (name: string, given: Partial<typeof NodePool.Encoded> = {}): NodePool =>
  Schema.decodeSync(NodePool)({ name, instanceTypes: ["small"], minSize: 0, maxSize: 100, ...given })

/** A cluster named `test` of these pools. */
export const cluster = (
  nodePools: ReadonlyArray<NodePool>,
  given: Partial<Omit<typeof ClusterSpec.Encoded, "nodePools">> = {}
): ClusterSpec => ({
  ...Schema.decodeSync(ClusterSpec)({
    name: "test",
    provider: "sim",
    ...given,
    nodePools: nodePools.map(({ maxSize, minSize, name }) => ({ name, instanceTypes: ["small"], minSize, maxSize }))
  }),
  nodePools
})

/** A machine of four cores and 16 GiB in zone `z1` at 0.1 USD an hour. */
export const offering = (instanceType = "small", given: Partial<Offering> = {}): Offering => ({
  instanceType,
  zone: "z1",
  market: "on-demand",
  capacity: amount(4000, 16),
  labels: {},
  microUsdPerHour: 100_000,
  ...given
})

/** A deployment named `web`. */
export const deployment = (given: Partial<typeof Deployment.Encoded> = {}): InNamespace<Deployment> =>
  within(usualNamespace)(
    Schema.decodeSync(Deployment)({
      name: "web",
      selector: { matchLabels: { app: "web" } },
      template: { labels: { app: "web" }, spec: { containers: [{ name: "main", image: "app:1" }] } },
      ...given
    })
  )
