import type { Redacted } from "effect"
import type { ComputeOptions, Manifest } from "./ComputeOptions.ts"
import type { JsonObject } from "./Json.ts"
import { labelKeys, serverPort, servicePort } from "./names.ts"
import { claimsOf } from "./podTemplate.ts"
import { Secret } from "./Secret.ts"
import { claimOf } from "./Volume.ts"

const service = (options: ComputeOptions, suffix: string, spec: Manifest): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: `${options.name}${suffix}`,
    namespace: options.namespace ?? "default",
    labels: { "app.kubernetes.io/managed-by": "orrery", [labelKeys.service]: options.name }
  },
  spec
})

/** What has to be there beside the service: its address, the workers' own addresses, claims that are to be made. */
export const companionsOf = (options: ComputeOptions): ReadonlyArray<Manifest> => {
  const selector = { [labelKeys.service]: options.name }
  const ports = [{ name: "http", port: servicePort, targetPort: serverPort }]
  // only Ray's head takes calls; Knative makes its own service of the same name
  const head = options.distribute?.distributionType === "ray" ? { "ray.io/node-type": "head" } : {}
  return [
    ...(options.autoscale === undefined ? [service(options, "", { selector: { ...selector, ...head }, ports })] : []),
    ...(options.distribute === undefined
      ? []
      : [service(options, "-headless", { clusterIP: "None", publishNotReadyAddresses: true, selector, ports })]),
    ...claimsOf(options)
      .map((volume) => claimOf(volume, options.namespace ?? "default"))
      .filter((claim) => claim !== undefined)
  ]
}

/** The secrets to send before the service, hidden until then. */
export const uploadsOf = (options: ComputeOptions): ReadonlyArray<Redacted.Redacted<JsonObject>> =>
  (options.secrets ?? []).flatMap((secret) =>
    typeof secret === "string" ? [] : (Secret.toUpload(secret, options.namespace ?? "default") ?? [])
  )
