import type { ComputeError } from "@orrery/core"
import type { Result } from "effect"
import type { AutoscaleOptions, ComputeOptions, DistributeOptions, Manifest } from "./ComputeOptions.ts"
import { readManifest, type ServiceView } from "./readManifest.ts"
import { toManifest } from "./toManifest.ts"
import type { TrainingKind } from "./training.ts"

/** A service's compute, built step by step. Every step gives a new one and leaves the old as it was. */
export class Compute {
  /** All that was said so far, as plain data. */
  declare readonly options: ComputeOptions

  private constructor(options: ComputeOptions) {
    Object.assign(this, { options })
  }

  /** Starts with a name and whatever else is known. */
  static new(options: ComputeOptions): Compute {
    return new Compute(options)
  }

  /** What a service that is there says of itself. */
  static fromTemplate({ resource }: { readonly resource: Manifest }): ServiceView {
    return readManifest(resource)
  }

  /** Changes any of the settings. */
  with(change: Partial<ComputeOptions>): Compute {
    return new Compute({ ...this.options, ...change })
  }

  /** One program on many pods. */
  distribute(distribute: DistributeOptions): Compute {
    return this.with({ distribute })
  }

  /** More pods under load, fewer without. */
  autoscale(autoscale: AutoscaleOptions): Compute {
    return this.with({ autoscale })
  }

  /** What an API server is to be given, or everything that is wrong. */
  manifest(training?: TrainingKind): Result.Result<Manifest, ComputeError> {
    return toManifest(this.options, training)
  }
}
