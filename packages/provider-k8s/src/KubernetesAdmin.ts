import { type Capabilities, type ComputeError, listedIn } from "@orrery/core"
import { Context, Effect, Stream } from "effect"
import { exportCluster, importCluster } from "./admin/backup.ts"
import type { UsageAlert } from "./admin/heedUsage.ts"
import { type Quota, type QuotaStatus, quotas, removeQuota, setQuota } from "./admin/quotas.ts"
import { type NodeUsage, nodeUsage, type PodUsage, podUsage } from "./admin/usage.ts"
import { createVolume, deleteVolume, type VolumeClaim, type VolumeStatus, volumes } from "./admin/volumes.ts"
import { type WatchUsage, watchUsage } from "./admin/watchUsage.ts"
import { Client } from "./Client.ts"
import { capabilitiesWith } from "./capabilities.ts"
import { type MissingPermission, missingPermissions } from "./connection/permissions.ts"
import type { DrainOptions, DrainProgress } from "./nodes/DrainOptions.ts"
import { drainSteps } from "./nodes/drain.ts"
import { liveScenario, type ScenarioOptions } from "./scenario/liveScenario.ts"

/** What whoever keeps a Kubernetes cluster needs, beside the machines themselves. */
export class KubernetesAdmin extends Context.Service<
  KubernetesAdmin,
  {
    readonly backend: string
    readonly capabilities: Capabilities
    /** What these credentials will not be let do, by the feature that needs it. Changes nothing. */
    readonly missingPermissions: (namespace?: string) => Effect.Effect<ReadonlyArray<MissingPermission>, ComputeError>
    /** As `nodes.drain`, telling what becomes of each pod, and what may be lost. */
    readonly drain: (node: string, options?: DrainOptions) => Stream.Stream<DrainProgress, ComputeError>
    /** What each node used of late, from the metrics server. */
    readonly nodeUsage: Effect.Effect<ReadonlyArray<NodeUsage>, ComputeError>
    readonly podUsage: (namespace?: string) => Effect.Effect<ReadonlyArray<PodUsage>, ComputeError>
    /** Nodes that use more than these limits, then each that comes above one or is below again. */
    readonly watchUsage: (watched?: WatchUsage) => Stream.Stream<UsageAlert, ComputeError>
    /** All quotas of one namespace, the connection's own where none is named, or of `everywhere`, and what of them is taken. */
    readonly quotas: (namespace?: string) => Effect.Effect<ReadonlyArray<QuotaStatus>, ComputeError>
    /** Makes a quota, or sets the limits of one of ours. */
    readonly setQuota: (quota: Quota) => Effect.Effect<QuotaStatus, ComputeError>
    readonly removeQuota: (quota: Pick<Quota, "name" | "namespace">) => Effect.Effect<void, ComputeError>
    /** All volumes that pods can claim by name, whoever made them; namespaces as for quotas. */
    readonly volumes: (namespace?: string) => Effect.Effect<ReadonlyArray<VolumeStatus>, ComputeError>
    /** Makes a volume, or enlarges one of ours where its class bears that. */
    readonly createVolume: (volume: VolumeClaim) => Effect.Effect<VolumeStatus, ComputeError>
    /** Removes a volume of ours with its data, once no pod uses it; says which do where it does not go. */
    readonly deleteVolume: (volume: Pick<VolumeClaim, "name" | "namespace">) => Effect.Effect<void, ComputeError>
    /** Everything that is ours, as YAML that makes it anew, here or elsewhere. Secrets are not in it. */
    readonly exportCluster: Effect.Effect<string, ComputeError>
    /** What decides where pods go, as it is now, as plain manifests. No secrets, commands or variables. */
    readonly liveScenario: (options?: ScenarioOptions) => Effect.Effect<ReadonlyArray<object>, ComputeError>
    /** Makes everything of an export that is not there, and sets what differs; gives what it was. */
    readonly importCluster: (yaml: string) => Effect.Effect<ReadonlyArray<string>, ComputeError>
  }
>()("@orrery/provider-k8s/KubernetesAdmin") {}

/** These calls over one connection. */
export const kubernetesAdmin: Effect.Effect<KubernetesAdmin["Service"], never, Client> = Effect.map(
  Client,
  (client) => {
    const run = <A>(effect: Effect.Effect<A, ComputeError, Client>) => Effect.provideService(effect, Client, client)
    return {
      backend: "kubernetes",
      capabilities: capabilitiesWith(client.config.machines),
      missingPermissions: (namespace) => run(missingPermissions(namespace)),
      drain: (node, options) => Stream.provideService(drainSteps(node, options), Client, client),
      nodeUsage: run(nodeUsage),
      podUsage: (namespace) => run(podUsage(listedIn(client.namespace, namespace))),
      watchUsage: (watched) => Stream.provideService(watchUsage(watched), Client, client),
      quotas: (namespace) => run(quotas(listedIn(client.namespace, namespace))),
      setQuota: (quota) => run(setQuota(quota)),
      removeQuota: (quota) => run(removeQuota(quota)),
      volumes: (namespace) => run(volumes(listedIn(client.namespace, namespace))),
      createVolume: (volume) => run(createVolume(volume)),
      deleteVolume: (volume) => run(deleteVolume(volume)),
      exportCluster: run(exportCluster),
      liveScenario: (options) => run(liveScenario(options)),
      importCluster: (yaml) => run(importCluster(yaml))
    }
  }
)
