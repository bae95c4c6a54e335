import { Schema } from "effect"
import { atLeastOne } from "./atLeastOne.ts"
import { DurationMs } from "./Duration.ts"
import { defaultTo } from "./defaultTo.ts"
import { Image } from "./ImageName.ts"
import { inFile } from "./inFile.ts"
import { Name } from "./Name.ts"
import { NonEmptyText } from "./NonEmptyText.ts"
import { Resources } from "./Resources.ts"
import { SecurityContext } from "./SecurityContext.ts"

/** A port a container listens on. */
export const Port = Schema.Struct({
  name: Schema.optionalKey(Name),
  containerPort: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 })),
  protocol: Schema.Literals(["TCP", "UDP", "SCTP"]).pipe(defaultTo("TCP"))
})
export type Port = typeof Port.Type

/** How to ask a container whether it is well: exactly one of `http`, `tcp`, `exec`, `grpc`. */
export const Probe = Schema.Struct({
  http: Schema.optionalKey(Schema.Struct({ path: Schema.String.pipe(defaultTo("/")), port: Schema.Int })),
  tcp: Schema.optionalKey(Schema.Struct({ port: Schema.Int })),
  exec: Schema.optionalKey(Schema.Struct({ command: Schema.Array(Schema.String).check(atLeastOne("word")) })),
  grpc: Schema.optionalKey(Schema.Struct({ port: Schema.Int, service: Schema.optionalKey(Schema.String) })),
  initialDelayMs: inFile("initial_delay", DurationMs.pipe(defaultTo("0s"))),
  periodMs: inFile("period", DurationMs.pipe(defaultTo("10s"))),
  timeoutMs: inFile("timeout", DurationMs.pipe(defaultTo("1s"))),
  failureThreshold: Schema.Int.check(Schema.isGreaterThan(0)).pipe(defaultTo(3))
}).check(
  Schema.makeFilter(({ exec, grpc, http, tcp }) =>
    [exec, grpc, http, tcp].filter((way) => way !== undefined).length === 1
      ? undefined
      : "a probe needs exactly one of http, tcp, exec and grpc"
  )
)
export type Probe = typeof Probe.Type

/** Liveness restarts, readiness gates traffic and rollouts, startup holds the other two back. */
export const HealthCheck = Schema.Struct({
  liveness: Schema.optionalKey(Probe),
  readiness: Schema.optionalKey(Probe),
  startup: Schema.optionalKey(Probe)
})
export type HealthCheck = typeof HealthCheck.Type

/** Where a value lies that must not be written down: a key of a named secret. */
export const SecretRef = Schema.Struct({ name: NonEmptyText, key: NonEmptyText })
export type SecretRef = typeof SecretRef.Type

/** One environment variable: a value, or where its secret is. */
export const EnvVar = Schema.Struct({
  name: Schema.String.check(Schema.isPattern(/^[-._a-zA-Z][-._a-zA-Z0-9]*$/, { expected: "a variable name" })),
  value: Schema.optionalKey(Schema.String),
  secret: Schema.optionalKey(SecretRef)
}).check(
  Schema.makeFilter(({ secret, value }) =>
    (value === undefined) === (secret === undefined) ? "exactly one of value and secret must be given" : undefined
  )
)
export type EnvVar = typeof EnvVar.Type

/** Where a volume appears in a container. */
export const VolumeMount = Schema.Struct({
  name: Name,
  path: Schema.String.check(Schema.isPattern(/^\//, { expected: "an absolute path" })),
  readOnly: Schema.Boolean.pipe(defaultTo(false))
})
export type VolumeMount = typeof VolumeMount.Type

/** What a container is promised (`requests`) and what it may not exceed (`limits`). */
export const ResourceRequirements = Schema.Struct({
  requests: Resources.pipe(defaultTo({})),
  limits: Schema.optionalKey(Resources)
}).check(
  Schema.makeFilter(({ limits, requests }) =>
    (["cpuMilli", "memoryBytes", "gpuMilli"] as const).flatMap((kind) =>
      limits !== undefined && limits[kind] > 0 && limits[kind] < requests[kind]
        ? [{ path: ["limits", kind], issue: "the limit is below the request" }]
        : []
    )
  )
)
export type ResourceRequirements = typeof ResourceRequirements.Type

/** One program of a pod. */
export const Container = Schema.Struct({
  name: Name,
  image: Image,
  command: Schema.optionalKey(Schema.Array(Schema.String)),
  args: Schema.optionalKey(Schema.Array(Schema.String)),
  workingDir: Schema.optionalKey(Schema.String),
  ports: Schema.Array(Port).pipe(defaultTo([])),
  resources: ResourceRequirements.pipe(defaultTo({})),
  healthCheck: Schema.optionalKey(HealthCheck),
  environment: Schema.Array(EnvVar).pipe(defaultTo([])),
  mounts: Schema.Array(VolumeMount).pipe(defaultTo([])),
  pullPolicy: Schema.optionalKey(Schema.Literals(["Always", "IfNotPresent", "Never"])),
  securityContext: Schema.optionalKey(SecurityContext)
})
export type Container = typeof Container.Type
