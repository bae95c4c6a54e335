import type { Container } from "../../model/Container.ts"
import { Deployment, type Strategy } from "../../model/Deployment.ts"
import type { Labels } from "../../model/Labels.ts"
import type { PodTemplate, Volume } from "../../model/Pod.ts"
import { CountOrPercent } from "../../model/UpdatePolicy.ts"
import { decoded } from "./decoded.ts"

/** Builds a deployment step by step; every step is itself a deployment, as plain data. */
export class DeploymentBuilder {
  declare readonly name: Deployment["name"]
  declare readonly namespace?: string
  declare readonly replicas: number
  declare readonly strategy: Strategy
  declare readonly selector: Deployment["selector"]
  declare readonly template: PodTemplate
  declare readonly progressDeadlineMs: number

  private constructor(deployment: Deployment) {
    Object.assign(this, deployment)
  }

  /** Goes on from a deployment that there is. */
  static from(deployment: Deployment): DeploymentBuilder {
    return new DeploymentBuilder(deployment)
  }

  /** One replica without containers yet, labelled and selected by its name. */
  static new(name: string): DeploymentBuilder {
    const containers = [{ name, image: name }]
    const whole = decoded(Deployment, {
      name,
      selector: { matchLabels: { app: name } },
      template: { labels: { app: name }, spec: { containers } }
    })
    return new DeploymentBuilder(whole).#withSpec({ containers: [] })
  }

  inNamespace(namespace: string): DeploymentBuilder {
    return this.#with({ namespace })
  }

  withReplicas(replicas: number): DeploymentBuilder {
    return this.#with({ replicas })
  }

  withContainer(container: Container): DeploymentBuilder {
    return this.#withSpec({ containers: [...this.template.spec.containers, { ...container }] })
  }

  /** Runs beside the containers, from before the first of them to after the last. */
  withSidecar(container: Container): DeploymentBuilder {
    return this.#withSpec({ sidecars: [...(this.template.spec.sidecars ?? []), { ...container }] })
  }

  /** Its pods lie evenly over the parts of the cluster that this label tells apart. */
  withTopologySpread(topologyKey: string, maxSkew = 1): DeploymentBuilder {
    const { topologySpread = [] } = this.template.spec
    const spread = { topologyKey, maxSkew, labelSelector: this.selector, whenUnsatisfiable: "DoNotSchedule" as const }
    return this.#withSpec({ topologySpread: [...topologySpread, spread] })
  }

  withVolume(volume: Volume): DeploymentBuilder {
    return this.#withSpec({ volumes: [...this.template.spec.volumes, volume] })
  }

  withNodeSelector(nodeSelector: Labels): DeploymentBuilder {
    return this.#withSpec({ nodeSelector })
  }

  /** More labels for the pods; the ones they are selected by stay. */
  withLabels(labels: Labels): DeploymentBuilder {
    return this.#with({ template: { ...this.template, labels: { ...labels, ...this.template.labels } } })
  }

  /** So many pods more and so many fewer than wanted while one version replaces the other; numbers or shares. */
  withRollingUpdate(maxSurge: number | string, maxUnavailable: number | string): DeploymentBuilder {
    return this.#with({
      strategy: {
        type: "RollingUpdate",
        maxSurge: decoded(CountOrPercent, maxSurge, "maxSurge"),
        maxUnavailable: decoded(CountOrPercent, maxUnavailable, "maxUnavailable")
      }
    })
  }

  #withSpec(change: Partial<PodTemplate["spec"]>): DeploymentBuilder {
    return this.#with({ template: { ...this.template, spec: { ...this.template.spec, ...change } } })
  }

  #with(change: Partial<Deployment>): DeploymentBuilder {
    return new DeploymentBuilder({ ...this, ...change })
  }
}
