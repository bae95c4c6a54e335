import { Context, type Effect, type Stream } from "effect"
import type { Capabilities } from "../model/Capability.ts"
import type { Labels } from "../model/Labels.ts"
import type { LogLine, LogOptions } from "../model/Log.ts"
import type { Node } from "../model/Node.ts"
import type { PodSpec } from "../model/Pod.ts"
import type { ComputeError } from "../service/ComputeError.ts"
import type { ExecResult } from "../service/ContainerManager.ts"

/** One pod to run on one host. The name is derived from its owner, so the same name again is the same pod. */
export interface RunRequest {
  readonly name: string
  readonly namespace: string
  readonly owner: { readonly kind: "deployment" | "job"; readonly name: string }
  readonly labels: Labels
  readonly spec: PodSpec
}

/** A pod of ours as its host shows it. An ended pod stays until it is removed: its exit code is the only record. */
export interface HostedPod extends RunRequest {
  readonly node: string
  readonly state: "pulling" | "running" | "ready" | "leaving" | "succeeded" | "failed"
  readonly exitCode?: number
  /** Why it failed or does not come up: `image`, `memory`, `crash`; `stopped` where `stop` ended it, `reclaimed` where its host's end did. */
  readonly reason?: string
  readonly createdAtMs: number
  readonly startedAtMs?: number
  readonly endedAtMs?: number
}

/** Names one pod on one host. */
export interface PodRef {
  readonly node: string
  readonly namespace: string
  readonly name: string
}

/** A document of ours kept at the backend: the goal of one deployment or job. */
export interface StoredDocument {
  readonly key: string
  readonly body: string
  readonly version: string
}

/** What a set of machines one can log in to must offer. It runs what it is told, where it is told. */
export class Hosts extends Context.Service<
  Hosts,
  {
    readonly backend: string
    readonly capabilities: Capabilities
    /** Every host, also those that do not answer (`lost`). Fails rather than give a part. */
    readonly nodes: Effect.Effect<ReadonlyArray<Node>, ComputeError>
    /** Every pod of ours on every host that answers. `silent` names the hosts whose pods are unknown, not gone. */
    readonly pods: Effect.Effect<
      { readonly pods: ReadonlyArray<HostedPod>; readonly silent: ReadonlyArray<string> },
      ComputeError
    >
    readonly run: (node: string, request: RunRequest) => Effect.Effect<HostedPod, ComputeError>
    /** Asks it to end, and ends it after the grace time. Success when it is gone already. */
    readonly stop: (pod: PodRef, graceMs: number) => Effect.Effect<void, ComputeError>
    /** Forgets an ended pod. */
    readonly remove: (pod: PodRef) => Effect.Effect<void, ComputeError>
    readonly logs: (pod: PodRef, options?: LogOptions) => Stream.Stream<LogLine, ComputeError>
    readonly exec: (pod: PodRef, command: ReadonlyArray<string>) => Effect.Effect<ExecResult, ComputeError>
    readonly cordon: (node: string, cordoned: boolean) => Effect.Effect<void, ComputeError>
    /** Goals by key (`deployment/default/web`), kept at the backend. `write` fails with `Stale` as `Machines.goals.write` does. */
    readonly documents: {
      readonly list: (prefix: string) => Effect.Effect<ReadonlyArray<StoredDocument>, ComputeError>
      readonly read: (key: string) => Effect.Effect<StoredDocument | undefined, ComputeError>
      readonly write: (
        key: string,
        body: string,
        expected: string | undefined
      ) => Effect.Effect<StoredDocument, ComputeError>
      readonly remove: (key: string) => Effect.Effect<void, ComputeError>
    }
  }
>()("@orrery/core/Hosts") {}
