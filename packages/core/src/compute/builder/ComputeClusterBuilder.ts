import { AutoScaling, ClusterSpec, type Logging, type Network, type Provider } from "../../model/ClusterSpec.ts"
import type { Labels } from "../../model/Labels.ts"
import type { NodePool } from "../../model/NodePool.ts"
import { Runtime } from "../../model/Runtime.ts"
import type { UpdatePolicy } from "../../model/UpdatePolicy.ts"
import { decoded } from "./decoded.ts"

/** Builds a cluster step by step; every step is itself a cluster's specification, as plain data. */
export class ComputeClusterBuilder {
  declare readonly name: ClusterSpec["name"]
  declare readonly provider: Provider
  declare readonly network: Network
  declare readonly nodePools: ReadonlyArray<NodePool>
  declare readonly update: UpdatePolicy
  declare readonly labels: Labels
  declare readonly region?: string
  declare readonly autoScaling?: AutoScaling
  declare readonly logging?: Logging
  declare readonly runtime?: Runtime
  declare readonly leaseMs?: number

  private constructor(spec: ClusterSpec) {
    Object.assign(this, spec)
  }

  /** Goes on from a specification that there is. */
  static from(spec: ClusterSpec): ComputeClusterBuilder {
    return new ComputeClusterBuilder(spec)
  }

  /** A simulated cluster without pools, until it is told otherwise. */
  static new(name: string): ComputeClusterBuilder {
    const first = { name: "first", instanceTypes: ["unspecified"], minSize: 0, maxSize: 0 }
    return new ComputeClusterBuilder({
      ...decoded(ClusterSpec, { name, provider: "sim", nodePools: [first] }),
      nodePools: []
    })
  }

  withProvider(provider: Provider): ComputeClusterBuilder {
    return this.#with({ provider })
  }

  withRegion(region: string): ComputeClusterBuilder {
    return this.#with({ region })
  }

  withNetwork(network: Partial<Network>): ComputeClusterBuilder {
    return this.#with({ network: { ...this.network, ...network } })
  }

  addNodePool(pool: NodePool): ComputeClusterBuilder {
    return this.#with({ nodePools: [...this.nodePools, { ...pool }] })
  }

  /** On, off, or on with bounds and aim; what is left out keeps its value. */
  withAutoScaling(autoScaling: boolean | Partial<AutoScaling>): ComputeClusterBuilder {
    const before = this.autoScaling ?? decoded(AutoScaling, {})
    const change = typeof autoScaling === "boolean" ? { enabled: autoScaling } : autoScaling
    return this.#with({ autoScaling: { ...before, ...change } })
  }

  withLogging(logging: Logging): ComputeClusterBuilder {
    return this.#with({ logging })
  }

  withUpdatePolicy(update: Partial<UpdatePolicy>): ComputeClusterBuilder {
    return this.#with({ update: { ...this.update, ...update } })
  }

  withLabels(labels: Labels): ComputeClusterBuilder {
    return this.#with({ labels: { ...this.labels, ...labels } })
  }

  /** What its machines run containers with, in the version of their image's packages where none is given. */
  withRuntime(type: Runtime["type"], version?: string): ComputeClusterBuilder {
    return this.#with({ runtime: decoded(Runtime, version === undefined ? { type } : { type, version }) })
  }

  #with(change: Partial<ClusterSpec>): ComputeClusterBuilder {
    return new ComputeClusterBuilder({ ...this, ...change })
  }
}
