import {
  ClusterManager,
  type ClusterSpec,
  type ClusterUpdate,
  type ComputeError,
  ContainerManager,
  type InNamespace,
  type Job,
  keepDependencies,
  type LogOptions,
  listedIn,
  type Ref,
  Scheduler,
  type UpdatePolicy,
  within
} from "@orrery/core"
import { Context, Effect, Layer, type Scope, Stream } from "effect"
import { Client } from "./Client.ts"
import { capabilities, capabilitiesWith } from "./capabilities.ts"
import { getCluster, listClusters, noMachines, watchCluster } from "./clusterManager.ts"
import type { K8sConfig } from "./connection/kubeconfig.ts"
import * as deployments from "./containerManager.ts"
import { dependents } from "./jobs/dependencies.ts"
import { why } from "./jobs/why.ts"
import { Kubernetes, kubernetes } from "./Kubernetes.ts"
import { KubernetesAdmin, kubernetesAdmin } from "./KubernetesAdmin.ts"
import { clustersMadeBy } from "./machines/clusters.ts"
import { makerOf } from "./machines/makerOf.ts"
import { drain } from "./nodes/drain.ts"
import { capacity, getNode, listNodes, setSchedulable } from "./nodes/nodes.ts"
import { labelOf, selectorText } from "./objects/labels.ts"
import type { WirePod } from "./objects/wire.ts"
import { exec } from "./pods/exec.ts"
import { type Followed, followLogs, readLogs } from "./pods/logs.ts"
import { portForward } from "./pods/portForward.ts"
import * as jobs from "./scheduler.ts"

const backend = "kubernetes"

interface Source extends Followed {
  readonly pods: Stream.Stream<WirePod, ComputeError, Client>
}

/** What the pods of something print, or have printed; fails where the thing itself is not there. */
const logsOf = (found: Effect.Effect<unknown, ComputeError, Client>, source: Source, options: LogOptions) =>
  Stream.unwrap(Effect.as(found, options.follow ? followLogs(source, options) : readLogs(source.pods, options)))

const deploymentLogs = (ref: InNamespace<Ref>, options: LogOptions = {}) =>
  logsOf(
    deployments.getDeployment(ref),
    {
      namespace: ref.namespace,
      query: { labelSelector: selectorText({ [labelOf.deployment]: ref.name }) },
      ended: deployments.ended(ref),
      pods: deployments.wirePods(ref)
    },
    options
  )

const jobLogs = (ref: InNamespace<Ref>, options: LogOptions = {}) =>
  logsOf(
    jobs.get(ref),
    {
      namespace: ref.namespace,
      query: { labelSelector: selectorText({ [labelOf.job]: ref.name }) },
      ended: jobs.ended(ref),
      pods: jobs.jobPods("logs", ref)
    },
    options
  )

/** Takes the client into each call, so that services need nothing. */
const taking = (client: Client["Service"]) => ({
  run: <A, R>(effect: Effect.Effect<A, ComputeError, Client | R>) => Effect.provideService(effect, Client, client),
  stream: <A>(stream: Stream.Stream<A, ComputeError, Client>) => Stream.provideService(stream, Client, client)
})

const containerManager = (client: Client["Service"]): ContainerManager["Service"] => {
  const { run, stream } = taking(client)
  const at = within(client.namespace)
  return {
    backend,
    capabilities,
    createDeployment: (spec) => run(deployments.createDeployment(at(spec))),
    updateDeployment: (ref, update) => run(deployments.updateDeployment(at(ref), update)),
    scaleDeployment: (ref, replicas) => run(deployments.scaleDeployment(at(ref), replicas)),
    revisions: (ref) => stream(deployments.revisions(at(ref))),
    rollback: (ref, revision) => run(deployments.rollback(at(ref), revision)),
    deleteDeployment: (ref) => run(deployments.deleteDeployment(at(ref))),
    getDeployment: (ref) => run(deployments.getDeployment(at(ref))),
    listDeployments: (namespace) => stream(deployments.listDeployments(listedIn(client.namespace, namespace))),
    watchDeployment: (ref) => stream(deployments.watchDeployment(at(ref))),
    pods: (ref) => stream(deployments.pods(at(ref))),
    logs: (ref, options) => stream(deploymentLogs(at(ref), options)),
    exec: (pod, command, options) => run(exec(at(pod), command, options)),
    portForward: (pod, port) => run<number, Scope.Scope>(portForward(at(pod), port))
  }
}

/** How often jobs that wait for others are looked at by whoever submitted one. */
const settleEveryMs = 2_000

/** What sees to jobs that wait for others, begun once for each namespace into which somebody submits such a job. */
const settling = (client: Client["Service"], scope: Scope.Scope) => {
  const begun = new Set<string>()
  return ({ after, namespace }: InNamespace<Job>) =>
    Effect.suspend(() => {
      if (after === undefined || begun.has(namespace)) return Effect.void
      begun.add(namespace)
      return Effect.asVoid(Effect.forkIn(keepDependencies(dependents(client, namespace), settleEveryMs), scope))
    })
}

const scheduler = (client: Client["Service"], scope: Scope.Scope): Scheduler["Service"] => {
  const { run, stream } = taking(client)
  const settle = settling(client, scope)
  const at = within(client.namespace)
  return {
    backend,
    capabilities,
    submit: (job) => run(Effect.tap(jobs.submit(at(job)), () => settle(at(job)))),
    get: (ref) => run(jobs.get(at(ref))),
    list: (namespace) => stream(jobs.listJobs(listedIn(client.namespace, namespace))),
    cancel: (ref) => run(jobs.cancel(at(ref))),
    hold: (ref) => run(jobs.hold(at(ref))),
    release: (ref) => run(jobs.release(at(ref))),
    remove: (ref) => run(jobs.remove(at(ref))),
    logs: (ref, options) => stream(jobLogs(at(ref), options)),
    watch: (ref) => stream(jobs.watchJob(at(ref))),
    why: (ref) => run(why(at(ref))),
    capacity: run(capacity)
  }
}

const withoutMachines = {
  plan: () => noMachines("plan"),
  createCluster: () => noMachines("createCluster"),
  updateCluster: () => noMachines("updateCluster"),
  scalePool: () => noMachines("scalePool"),
  configureUpdates: () => noMachines("configureUpdates"),
  deleteCluster: () => noMachines("deleteCluster")
}

/** What becomes of single machines. */
const nodeCalls = ({ run }: ReturnType<typeof taking>, { machines }: K8sConfig) => {
  if (machines === undefined)
    return { repair: () => noMachines("nodes.repair"), remove: () => noMachines("nodes.remove") }
  const clusters = clustersMadeBy(makerOf(machines))
  return {
    repair: (name: string) => run(clusters.repair(name)),
    remove: (name: string) => run(clusters.remove(name))
  }
}

/** What only somebody who makes machines can do. */
const machineCalls = ({ run, stream }: ReturnType<typeof taking>, { machines }: K8sConfig) => {
  if (machines === undefined) return withoutMachines
  const clusters = clustersMadeBy(makerOf(machines))
  return {
    plan: (spec: ClusterSpec) => run(clusters.plan(spec)),
    createCluster: (spec: ClusterSpec) => run(clusters.createCluster(spec)),
    updateCluster: (name: string, update: ClusterUpdate) => run(clusters.updateCluster(name, update)),
    scalePool: (name: string, pool: string, size: number) => run(clusters.scalePool(name, pool, size)),
    configureUpdates: (name: string, policy: UpdatePolicy) => run(clusters.configureUpdates(name, policy)),
    deleteCluster: (name: string) => run(clusters.deleteCluster(name)),
    // a cluster that was not made through us is still one by its nodes' labels
    getCluster: (name: string) =>
      Effect.catchIf(
        run(clusters.getCluster(name)),
        ({ reason }) => reason._tag === "NotFound",
        () => run(getCluster(name))
      ),
    listClusters: stream(clusters.listClusters)
  }
}

const clusterManager = (client: Client["Service"]): ClusterManager["Service"] => {
  const taken = taking(client)
  const { run, stream } = taken
  return {
    backend,
    capabilities: capabilitiesWith(client.config.machines),
    getCluster: (name) => run(getCluster(name)),
    listClusters: stream(listClusters),
    ...machineCalls(taken, client.config),
    watchCluster: (name) => stream(watchCluster(name)),
    nodes: {
      list: (cluster) => stream(listNodes(cluster)),
      get: (name) => run(getNode(name)),
      cordon: (name) => run(setSchedulable(name, false)),
      uncordon: (name) => run(setSchedulable(name, true)),
      drain: (name, options) => run(drain(name, options)),
      ...nodeCalls(taken, client.config)
    }
  }
}

/** Any Kubernetes API server as all three services, and what it offers besides, over one connection. */
export const layer = (
  config: K8sConfig = {}
): Layer.Layer<ClusterManager | ContainerManager | Scheduler | Kubernetes | KubernetesAdmin, ComputeError> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const client = yield* Client
      const scope = yield* Effect.scope
      return Context.make(ClusterManager, clusterManager(client)).pipe(
        Context.add(ContainerManager, containerManager(client)),
        Context.add(Scheduler, scheduler(client, scope)),
        Context.add(Kubernetes, yield* kubernetes),
        Context.add(KubernetesAdmin, yield* kubernetesAdmin)
      )
    })
  ).pipe(Layer.provide(Client.layer(config)))
