import { Schema } from "effect"
import {
  Container,
  type EnvVar,
  type HealthCheck,
  type Port,
  Probe,
  ResourceRequirements,
  type SecretRef
} from "../../model/Container.ts"
import { Image } from "../../model/ImageName.ts"
import type { SecurityContext } from "../../model/SecurityContext.ts"
import { decoded } from "./decoded.ts"

const { exec, grpc, http, tcp, ...timing } = Probe.fields
type Timing = keyof typeof timing
/** A probe whose times are the usual ones where they are left out. */
type ProbeSaid = Omit<Probe, Timing> & Partial<Pick<Probe, Timing>>
type Probed = keyof HealthCheck

const usualTiming = decoded(Schema.Struct(timing), {})

/** Builds a container step by step; every step is itself a container, as plain data. */
export class ContainerBuilder {
  declare readonly name: Container["name"]
  declare readonly image: string
  declare readonly ports: ReadonlyArray<Port>
  declare readonly resources: ResourceRequirements
  declare readonly environment: ReadonlyArray<EnvVar>
  declare readonly mounts: Container["mounts"]
  declare readonly command?: ReadonlyArray<string>
  declare readonly args?: ReadonlyArray<string>
  declare readonly workingDir?: string
  declare readonly healthCheck?: HealthCheck
  declare readonly pullPolicy?: NonNullable<Container["pullPolicy"]>
  declare readonly securityContext?: SecurityContext

  private constructor(container: Container) {
    Object.assign(this, container)
  }

  /** Goes on from a container that there is. */
  static from(container: Container): ContainerBuilder {
    return new ContainerBuilder(container)
  }

  /** A container whose image is its own name, until one is given. */
  static new(name: string): ContainerBuilder {
    return new ContainerBuilder(decoded(Container, { name, image: name }))
  }

  withImage(image: string): ContainerBuilder {
    return this.#with({ image: decoded(Image, image, "image") })
  }

  withPort(containerPort: number, protocol: Port["protocol"] = "TCP"): ContainerBuilder {
    return this.#with({ ports: [...this.ports, { containerPort, protocol }] })
  }

  withCommand(...command: ReadonlyArray<string>): ContainerBuilder {
    return this.#with({ command })
  }

  withArgs(...args: ReadonlyArray<string>): ContainerBuilder {
    return this.#with({ args })
  }

  /** Amounts as people write them: `{ requests: { cpuMilli: "500m", memoryBytes: "512Mi" } }`. */
  withResources(resources: typeof ResourceRequirements.Encoded): ContainerBuilder {
    return this.#with({ resources: decoded(ResourceRequirements, resources, "resources") })
  }

  /** When it is alive, ready and started: `{ readiness: { http: { path: "/", port: 8080 } } }`. */
  withHealthCheck(said: { readonly [K in Probed]?: ProbeSaid }): ContainerBuilder {
    const probes = Object.entries(said).map(([name, probe]) => [name, { ...usualTiming, ...probe }])
    return this.#with({ healthCheck: Object.fromEntries(probes) })
  }

  /** What is given is added to what was said before. */
  withSecurityContext(securityContext: SecurityContext): ContainerBuilder {
    return this.#with({ securityContext: { ...this.securityContext, ...securityContext } })
  }

  withEnvironment(variables: Readonly<Record<string, string>>): ContainerBuilder {
    const added = Object.entries(variables).map(([name, value]) => ({ name, value }))
    return this.#with({ environment: [...this.environment, ...added] })
  }

  /** Variables whose values are keys of secrets at the backend, so that no value is ever written down here. */
  withSecrets(secrets: Readonly<Record<string, SecretRef>>): ContainerBuilder {
    const added = Object.entries(secrets).map(([name, secret]) => ({ name, secret }))
    return this.#with({ environment: [...this.environment, ...added] })
  }

  /** Shows one of the pod's volumes at an absolute path. */
  withMount(name: string, path: string, readOnly = false): ContainerBuilder {
    return this.#with({ mounts: [...this.mounts, { name, path, readOnly }] })
  }

  #with(change: Partial<Container>): ContainerBuilder {
    return new ContainerBuilder({ ...this, ...change })
  }
}
