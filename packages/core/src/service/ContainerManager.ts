import { Context, type Effect, type Scope, type Stream } from "effect"
import type { Capabilities } from "../model/Capability.ts"
import type { Deployment, DeploymentEvent, DeploymentStatus, DeploymentUpdate } from "../model/Deployment.ts"
import type { LogLine, LogOptions } from "../model/Log.ts"
import type { PodTemplate } from "../model/Pod.ts"
import type { Pod } from "../model/Snapshot.ts"
import type { ComputeError } from "./ComputeError.ts"
import type { Ref } from "./Ref.ts"

/** What a command in a container came to. */
export interface ExecResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** One version of a deployment that can be returned to. */
export interface Revision {
  readonly revision: number
  readonly template: PodTemplate
}

/** Long-running containers: which should run, and what they are doing. Knows nothing of machines. */
export class ContainerManager extends Context.Service<
  ContainerManager,
  {
    readonly backend: string
    readonly capabilities: Capabilities
    /** Stores the goal and begins to converge on it. Running it twice is running it once. */
    readonly createDeployment: (spec: Deployment) => Effect.Effect<DeploymentStatus, ComputeError>
    readonly updateDeployment: (ref: Ref, update: DeploymentUpdate) => Effect.Effect<DeploymentStatus, ComputeError>
    readonly scaleDeployment: (ref: Ref, replicas: number) => Effect.Effect<DeploymentStatus, ComputeError>
    /** What can be returned to, newest first; the first is what runs or is coming. */
    readonly revisions: (ref: Ref) => Stream.Stream<Revision, ComputeError>
    /**
     * Returns to the version that this revision had. It names where to go and not how far: run again after a lost answer
     * it does not roll back the rollback.
     */
    readonly rollback: (ref: Ref, revision: number) => Effect.Effect<DeploymentStatus, ComputeError>
    /** Removes it and its pods, waits until they are gone; success when it was already gone. */
    readonly deleteDeployment: (ref: Ref) => Effect.Effect<void, ComputeError>
    readonly getDeployment: (ref: Ref) => Effect.Effect<DeploymentStatus, ComputeError>
    /** Those in the connection's own namespace where none is named; `everywhere` names all. */
    readonly listDeployments: (namespace?: string) => Stream.Stream<DeploymentStatus, ComputeError>
    /** Begins with what is there, then every change; ends when the deployment is gone. */
    readonly watchDeployment: (ref: Ref) => Stream.Stream<DeploymentEvent, ComputeError>
    readonly pods: (ref: Ref) => Stream.Stream<Pod, ComputeError>
    readonly logs: (ref: Ref, options?: LogOptions) => Stream.Stream<LogLine, ComputeError>
    readonly exec: (
      pod: Ref,
      command: ReadonlyArray<string>,
      options?: { readonly stdin?: string }
    ) => Effect.Effect<ExecResult, ComputeError>
    /** Opens a local port that leads to the pod's; closed with the scope. Gives the local port. */
    readonly portForward: (pod: Ref, port: number) => Effect.Effect<number, ComputeError, Scope.Scope>
  }
>()("@orrery/core/ContainerManager") {}
