import type { Labels } from "../../model/Labels.ts"
import { MicroUsd } from "../../model/Money.ts"
import { NodePool } from "../../model/NodePool.ts"
import type { Taint } from "../../model/Taint.ts"
import { decoded } from "./decoded.ts"

/** Builds a pool step by step; every step is itself a pool, as plain data. */
export class NodePoolBuilder {
  declare readonly name: NodePool["name"]
  declare readonly instanceTypes: NodePool["instanceTypes"]
  declare readonly minSize: number
  declare readonly maxSize: number
  declare readonly labels: Labels
  declare readonly taints: NodePool["taints"]
  declare readonly zones: NodePool["zones"]
  declare readonly spot?: NonNullable<NodePool["spot"]>
  declare readonly diskBytes?: number
  declare readonly image?: string

  private constructor(pool: NodePool) {
    Object.assign(this, pool)
  }

  /** Goes on from a pool that there is. */
  static from(pool: NodePool): NodePoolBuilder {
    return new NodePoolBuilder(pool)
  }

  /** A pool of no machines yet, of a type still to be named. */
  static new(name: string): NodePoolBuilder {
    return new NodePoolBuilder(decoded(NodePool, { name, instanceTypes: ["unspecified"], minSize: 0, maxSize: 0 }))
  }

  withInstanceType(...instanceTypes: readonly [string, ...ReadonlyArray<string>]): NodePoolBuilder {
    return this.#with({ instanceTypes: decoded(NodePool.fields.instanceTypes, instanceTypes, "instanceTypes") })
  }

  withSizeRange(minSize: number, maxSize: number): NodePoolBuilder {
    return this.#with({ minSize, maxSize })
  }

  withLabels(labels: Labels): NodePoolBuilder {
    return this.#with({ labels: { ...this.labels, ...labels } })
  }

  addTaint(taint: Taint): NodePoolBuilder {
    return this.#with({ taints: [...this.taints, taint] })
  }

  /** Spot machines, up to a price in US dollars an hour where one is given. */
  withSpot(maxPriceUsd?: number | string): NodePoolBuilder {
    return this.#with({
      spot: {
        enabled: true,
        ...(maxPriceUsd === undefined ? {} : { maxMicroUsdPerHour: decoded(MicroUsd, maxPriceUsd, "maxPriceUsd") })
      }
    })
  }

  withZones(...zones: ReadonlyArray<string>): NodePoolBuilder {
    return this.#with({ zones })
  }

  #with(change: Partial<NodePool>): NodePoolBuilder {
    return new NodePoolBuilder({ ...this, ...change })
  }
}
