import {
  because,
  type Cluster,
  type ComputeError,
  type DeploymentStatus,
  type JobStatus,
  type Labels,
  type Node,
  NotFound,
  type Pod,
  printUsd
} from "@orrery/core"
import { Effect, Option, Stream } from "effect"
import type { Backend } from "./backend/Backend.ts"
import type { Column, Row, View } from "./output/Row.ts"
import { age, amounts, perHour } from "./output/words.ts"

/** Where to look: one namespace, `everywhere`, or the connection's own where nothing is said. */
export interface Scope {
  readonly namespace: string | undefined
}

/** A kind of thing that can be looked at, and what can be done with all of its kind. */
export interface Kind extends View {
  readonly aliases: ReadonlyArray<string>
  readonly list: (backend: Backend, scope: Scope, nowMs: number) => Stream.Stream<Row, ComputeError>
  readonly get: (backend: Backend, name: string, scope: Scope, nowMs: number) => Effect.Effect<Row, ComputeError>
  /** Begins with what is there, then every change. */
  readonly watch?: (backend: Backend, name: string, scope: Scope, nowMs: number) => Stream.Stream<Row, ComputeError>
  readonly remove?: (backend: Backend, name: string, scope: Scope) => Effect.Effect<void, ComputeError>
  /** In the backend's own words, where it has some. */
  readonly describe?: (backend: Backend, name: string, scope: Scope) => Effect.Effect<string | undefined, ComputeError>
}

interface Definition<Item> {
  readonly singular: string
  readonly plural: string
  readonly aliases: ReadonlyArray<string>
  readonly nameOf: (item: Item) => string
  readonly columns: ReadonlyArray<Column<Item>>
  readonly list: (backend: Backend, scope: Scope) => Stream.Stream<Item, ComputeError>
  readonly get: (backend: Backend, name: string, scope: Scope) => Effect.Effect<Item, ComputeError>
  readonly watch?: (backend: Backend, name: string, scope: Scope) => Stream.Stream<Item, ComputeError>
  readonly remove?: Kind["remove"]
  readonly describe?: Kind["describe"]
  readonly namespaceOf?: (item: Item) => string
  readonly labelsOf?: (item: Item) => Labels
  readonly asFiles?: (items: ReadonlyArray<Item>) => Effect.Effect<ReadonlyArray<unknown>>
}

const kind = <Item>(definition: Definition<Item>): Kind => {
  const {
    asFiles,
    columns,
    describe,
    get,
    labelsOf = () => ({}),
    list,
    nameOf,
    namespaceOf,
    remove,
    watch,
    ...names
  } = definition
  const rowOf =
    (nowMs: number) =>
    (item: Item): Row => ({
      name: nameOf(item),
      ...(namespaceOf === undefined ? {} : { namespace: namespaceOf(item) }),
      cells: columns.map(({ of }) => of(item, nowMs)),
      document: item,
      labels: labelsOf(item)
    })
  return {
    ...names,
    titles: columns.map(({ title, wide = false }) => ({ title, wide })),
    list: (backend, scope, nowMs) => Stream.map(list(backend, scope), rowOf(nowMs)),
    get: (backend, name, scope, nowMs) => Effect.map(get(backend, name, scope), rowOf(nowMs)),
    ...(watch === undefined
      ? {}
      : { watch: (backend, name, scope, nowMs) => Stream.map(watch(backend, name, scope), rowOf(nowMs)) }),
    ...(remove === undefined ? {} : { remove }),
    ...(describe === undefined ? {} : { describe }),
    // a row's document is the item that it was made of
    ...(asFiles === undefined ? {} : { asFiles: (documents) => asFiles(documents as ReadonlyArray<Item>) })
  }
}

/** How things are written as files is loaded only where somebody asks for it. */
const fileForm = Effect.promise(() => import("./output/fileForm.ts"))

/** The thing of that name, in the namespace that was named, if one was. */
export const refOf = (name: string, { namespace }: Scope) => ({
  name,
  ...(namespace === undefined ? {} : { namespace })
})

const clusters = kind<Cluster>({
  singular: "cluster",
  plural: "clusters",
  aliases: ["cl"],
  nameOf: ({ name }) => name,
  columns: [
    { title: "NAME", of: ({ name }) => name },
    { title: "STATE", of: ({ state }) => state },
    {
      title: "NODES",
      of: ({ nodes }) => `${nodes.filter(({ state }) => state === "ready").length}/${nodes.length}`
    },
    { title: "COST", of: ({ nodes }) => perHour(nodes.reduce((sum, node) => sum + node.microUsdPerHour, 0)) },
    { title: "PROVIDER", of: ({ spec }) => spec.provider, wide: true },
    { title: "REGION", of: ({ spec }) => spec.region ?? "-", wide: true },
    { title: "POOLS", of: ({ spec }) => spec.nodePools.map(({ name }) => name).join(","), wide: true }
  ],
  list: ({ clusters: service }) => Stream.unwrap(Effect.map(service, ({ listClusters }) => listClusters)),
  get: ({ clusters: service }, name) => Effect.flatMap(service, ({ getCluster }) => getCluster(name)),
  watch: ({ clusters: service }, name) =>
    Stream.unwrap(
      Effect.map(service, ({ getCluster, watchCluster }) =>
        watchCluster(name).pipe(
          Stream.filter(({ type }) => type !== "ClusterDeleted"),
          Stream.mapEffect(() => getCluster(name))
        )
      )
    ),
  remove: ({ clusters: service }, name) => Effect.flatMap(service, ({ deleteCluster }) => deleteCluster(name)),
  asFiles: (items) => Effect.map(fileForm, ({ clusterFiles }) => clusterFiles(items))
})

const nodes = kind<Node>({
  singular: "node",
  plural: "nodes",
  aliases: ["no"],
  nameOf: ({ name }) => name,
  labelsOf: ({ labels }) => labels,
  columns: [
    { title: "NAME", of: ({ name }) => name },
    { title: "STATE", of: ({ schedulable, state }) => (schedulable ? state : `${state},cordoned`) },
    { title: "POOL", of: ({ cluster, pool }) => `${cluster}/${pool}` },
    { title: "TYPE", of: ({ instanceType }) => instanceType },
    { title: "MARKET", of: ({ market }) => market },
    { title: "AGE", of: ({ createdAtMs }, nowMs) => age(createdAtMs, nowMs) },
    { title: "ZONE", of: ({ zone }) => zone, wide: true },
    { title: "CAPACITY", of: ({ capacity }) => amounts(capacity), wide: true },
    { title: "USD/H", of: ({ microUsdPerHour }) => printUsd(microUsdPerHour), wide: true },
    { title: "ADDRESS", of: ({ address }) => address ?? "-", wide: true }
  ],
  list: ({ clusters: service }) => Stream.unwrap(Effect.map(service, ({ nodes: { list } }) => list())),
  get: ({ clusters: service }, name) => Effect.flatMap(service, ({ nodes: { get } }) => get(name)),
  remove: ({ clusters: service }, name) => Effect.flatMap(service, ({ nodes: { remove } }) => remove(name))
})

const deployments = kind<DeploymentStatus>({
  singular: "deployment",
  plural: "deployments",
  aliases: ["deploy"],
  nameOf: ({ spec }) => spec.name,
  namespaceOf: ({ spec }) => spec.namespace,
  labelsOf: ({ spec }) => spec.template.labels,
  describe: (backend, name, scope) =>
    Effect.flatMap(
      Effect.option(backend.beyond("describe")),
      Option.match({
        onNone: () => Effect.undefined,
        onSome: (beyond) => beyond.describe(refOf(name, scope))
      })
    ),
  columns: [
    { title: "NAMESPACE", of: ({ spec }) => spec.namespace, wide: true },
    { title: "NAME", of: ({ spec }) => spec.name },
    { title: "READY", of: ({ replicas: { desired, ready } }) => `${ready}/${desired}` },
    { title: "UP-TO-DATE", of: ({ replicas: { updated } }) => String(updated) },
    { title: "STATE", of: ({ state }) => state },
    { title: "REVISION", of: ({ revision }) => String(revision), wide: true },
    {
      title: "IMAGES",
      of: ({ spec }) => spec.template.spec.containers.map(({ image }) => image).join(","),
      wide: true
    },
    { title: "MESSAGE", of: ({ message }) => message ?? "", wide: true }
  ],
  list: ({ containers: service }, { namespace }) =>
    Stream.unwrap(Effect.map(service, ({ listDeployments }) => listDeployments(namespace))),
  get: ({ containers: service }, name, scope) =>
    Effect.flatMap(service, ({ getDeployment }) => getDeployment(refOf(name, scope))),
  watch: ({ containers: service }, name, scope) =>
    Stream.unwrap(
      Effect.map(service, ({ watchDeployment }) =>
        Stream.map(watchDeployment(refOf(name, scope)), ({ deployment }) => deployment)
      )
    ),
  remove: ({ containers: service }, name, scope) =>
    Effect.flatMap(service, ({ deleteDeployment }) => deleteDeployment(refOf(name, scope))),
  asFiles: (items) => Effect.map(fileForm, ({ deploymentFiles }) => deploymentFiles(items))
})

const noSuchPod = (backend: string, name: string): ComputeError =>
  because(new NotFound({ backend, operation: "get", kind: "pod", name }))

const pods = kind<Pod>({
  singular: "pod",
  plural: "pods",
  aliases: ["po"],
  nameOf: ({ name }) => name,
  namespaceOf: ({ namespace }) => namespace,
  labelsOf: ({ labels }) => labels,
  columns: [
    { title: "NAMESPACE", of: ({ namespace }) => namespace, wide: true },
    { title: "NAME", of: ({ name }) => name },
    { title: "STATE", of: ({ state }) => state },
    { title: "NODE", of: ({ node }) => node ?? "-" },
    { title: "AGE", of: ({ createdAtMs }, nowMs) => age(createdAtMs, nowMs) }
  ],
  list: ({ containers: service }, { namespace }) =>
    Stream.unwrap(
      Effect.map(service, ({ listDeployments, pods: podsOf }) =>
        Stream.flatMap(listDeployments(namespace), ({ spec }) => podsOf(spec))
      )
    ),
  get: (backend, name, scope) =>
    Effect.flatMap(backend.containers, ({ listDeployments, pods: podsOf }) =>
      listDeployments(scope.namespace).pipe(
        Stream.flatMap(({ spec }) => podsOf(spec)),
        Stream.filter((pod) => pod.name === name),
        Stream.runHead,
        Effect.flatMap((found) =>
          found._tag === "Some" ? Effect.succeed(found.value) : Effect.fail(noSuchPod(backend.name, name))
        )
      )
    )
})

const jobs = kind<JobStatus>({
  singular: "job",
  plural: "jobs",
  aliases: ["jo"],
  nameOf: ({ spec }) => spec.name,
  namespaceOf: ({ spec }) => spec.namespace,
  labelsOf: ({ spec }) => spec.labels,
  columns: [
    { title: "NAMESPACE", of: ({ spec }) => spec.namespace, wide: true },
    { title: "NAME", of: ({ spec }) => spec.name },
    { title: "STATE", of: ({ state }) => state },
    { title: "DONE", of: ({ spec, tasks }) => `${tasks.succeeded}/${spec.completions}` },
    { title: "RUNNING", of: ({ tasks }) => String(tasks.running) },
    { title: "AGE", of: ({ submittedAtMs }, nowMs) => age(submittedAtMs, nowMs) },
    { title: "ID", of: ({ id }) => id, wide: true },
    { title: "REASON", of: ({ reason }) => reason ?? "", wide: true }
  ],
  list: ({ scheduler: service }, { namespace }) => Stream.unwrap(Effect.map(service, ({ list }) => list(namespace))),
  get: ({ scheduler: service }, name, scope) => Effect.flatMap(service, ({ get }) => get(refOf(name, scope))),
  watch: ({ scheduler: service }, name, scope) =>
    Stream.unwrap(Effect.map(service, ({ watch }) => Stream.map(watch(refOf(name, scope)), ({ job }) => job))),
  remove: ({ scheduler: service }, name, scope) => Effect.flatMap(service, ({ remove }) => remove(refOf(name, scope))),
  asFiles: (items) => Effect.map(fileForm, ({ jobFiles }) => jobFiles(items))
})

/** Every kind, in the order in which help names them. */
export const kinds: ReadonlyArray<Kind> = [clusters, nodes, deployments, pods, jobs]
