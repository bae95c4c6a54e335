import type { V1Deployment, V1Job, V1Node, V1Pod, V1ReplicaSet } from "../Client.ts"

/** A type of the SDK as it is on the wire: times are text, and nothing is changed by us in place. */
export type Wire<T> = T extends Date
  ? string
  : T extends ReadonlyArray<infer Item>
    ? ReadonlyArray<Wire<Item>>
    : T extends object
      ? { readonly [Key in keyof T]: Wire<T[Key]> }
      : T

export type WireDeployment = Wire<V1Deployment>
export type WireReplicaSet = Wire<V1ReplicaSet>
export type WirePod = Wire<V1Pod>
export type WireJob = Wire<V1Job>
export type WireNode = Wire<V1Node>

/** What every stored thing has. */
export interface WireObject {
  readonly metadata?: {
    readonly name?: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly deletionTimestamp?: string
    readonly finalizers?: ReadonlyArray<string>
  }
}

/** Something that happened to a thing. */
export interface WireEvent extends WireObject {
  readonly type?: string
  readonly reason?: string
  readonly message?: string
  readonly count?: number
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string }
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly uid?: string }
  readonly firstTimestamp?: string | null
  readonly lastTimestamp?: string | null
  readonly eventTime?: string | null
}

/** A moment of the server in milliseconds. */
export const timeMs = (written: string | undefined): number => (written === undefined ? 0 : Date.parse(written))
