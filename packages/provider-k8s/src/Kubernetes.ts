import {
  type Capabilities,
  type ComputeError,
  type DeploymentStatus,
  type Job,
  type JobStatus,
  type LogLine,
  type LogOptions,
  listedIn,
  type Ref,
  within
} from "@orrery/core"
import { Context, Effect, Stream } from "effect"
import { Client } from "./Client.ts"
import { capabilitiesWith } from "./capabilities.ts"
import { describe, events } from "./deployments/describe.ts"
import { type AwaitOptions, awaitRollout, pause, restart, resume } from "./deployments/rollout.ts"
import { type AttemptRef, attemptLogs } from "./jobs/attemptLogs.ts"
import { settleDependencies } from "./jobs/dependencies.ts"
import type { JobOptions } from "./jobs/JobOptions.ts"
import { type CopyOptions, copyFrom, copyTo, type Synced, type SyncOptions, sync } from "./pods/copy.ts"
import type { HappenedTo } from "./pods/events.ts"
import { attachTo, type Streams } from "./pods/exec.ts"
import { submit } from "./scheduler.ts"

/** What Kubernetes offers and other backends have no word for. It works on what the three services made. */
export class Kubernetes extends Context.Service<
  Kubernetes,
  {
    readonly backend: string
    readonly capabilities: Capabilities
    /** Lets changes of the template wait until `resume`; the number of replicas still follows. */
    readonly pause: (deployment: Ref) => Effect.Effect<DeploymentStatus, ComputeError>
    readonly resume: (deployment: Ref) => Effect.Effect<DeploymentStatus, ComputeError>
    /** Replaces every pod by a new one of the same template. */
    readonly restart: (deployment: Ref) => Effect.Effect<DeploymentStatus, ComputeError>
    /** Waits until every replica is there and new; fails as soon as it is known that this will not be, and says why. */
    readonly awaitRollout: (deployment: Ref, options?: AwaitOptions) => Effect.Effect<DeploymentStatus, ComputeError>
    /** What happened to a deployment, its ReplicaSets and its pods, the oldest first. */
    readonly events: (deployment: Ref) => Effect.Effect<ReadonlyArray<HappenedTo>, ComputeError>
    /** All that is known of a deployment, for a person. Values of variables are not in it. */
    readonly describe: (deployment: Ref) => Effect.Effect<string, ComputeError>
    /** Runs a command in a pod, its streams joined to these, on a terminal where asked; gives its exit code. */
    readonly attach: (pod: Ref, command: ReadonlyArray<string>, streams: Streams) => Effect.Effect<number, ComputeError>
    /** Sends a file, or a directory's content, into a directory of a pod; gives the number of files. */
    readonly copyTo: (pod: Ref, from: string, to: string, options?: CopyOptions) => Effect.Effect<number, ComputeError>
    readonly copyFrom: (
      pod: Ref,
      from: string,
      to: string,
      options?: Pick<CopyOptions, "container">
    ) => Effect.Effect<number, ComputeError>
    /** Brings a directory of a pod up to one here, sending only what differs. */
    readonly sync: (pod: Ref, from: string, to: string, options?: SyncOptions) => Effect.Effect<Synced, ComputeError>
    /** As `Scheduler.submit`, with what only Kubernetes offers for jobs. */
    readonly submit: (job: Job, options?: JobOptions) => Effect.Effect<JobStatus, ComputeError>
    /** Lets go every job whose predecessors have succeeded, and cancels those that wait in vain. One pass. */
    readonly settleDependencies: (namespace?: string) => Effect.Effect<void, ComputeError>
    /** What one try of one task printed. */
    readonly attemptLogs: (attempt: AttemptRef, options?: LogOptions) => Stream.Stream<LogLine, ComputeError>
  }
>()("@orrery/provider-k8s/Kubernetes") {}

/** These calls over one connection. */
export const kubernetes: Effect.Effect<Kubernetes["Service"], never, Client> = Effect.map(Client, (client) => {
  const run = <A>(effect: Effect.Effect<A, ComputeError, Client>) => Effect.provideService(effect, Client, client)
  const at = within(client.namespace)
  return {
    backend: "kubernetes",
    capabilities: capabilitiesWith(client.config.machines),
    pause: (deployment) => run(pause(at(deployment))),
    resume: (deployment) => run(resume(at(deployment))),
    restart: (deployment) => run(restart(at(deployment))),
    awaitRollout: (deployment, options) => run(awaitRollout(at(deployment), options)),
    events: (deployment) => run(events(at(deployment))),
    describe: (deployment) => run(describe(at(deployment))),
    attach: (pod, command, streams) => run(attachTo(at(pod), command, streams)),
    copyTo: (pod, from, to, options) => run(copyTo(at(pod), from, to, options)),
    copyFrom: (pod, from, to, options) => run(copyFrom(at(pod), from, to, options)),
    sync: (pod, from, to, options) => run(sync(at(pod), from, to, options)),
    submit: (job, options) => run(submit(at(job), options)),
    settleDependencies: (namespace) => run(settleDependencies(listedIn(client.namespace, namespace))),
    attemptLogs: (attempt, options) => Stream.provideService(attemptLogs(at(attempt), options), Client, client)
  }
})
