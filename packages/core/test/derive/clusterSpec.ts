import { Schema } from "effect"
import { ClusterSpec } from "../../src/index.ts"

const decode = Schema.decodeUnknownSync(ClusterSpec)

/** A cluster of one pool, or of what is given. */
export const clusterSpec = (fields: Readonly<Record<string, unknown>> = {}, pool: Record<string, unknown> = {}) =>
  decode({
    name: "web",
    provider: "sim",
    nodePools: [{ name: "main", instanceTypes: ["m5.large", "m5.xlarge"], minSize: 3, maxSize: 10, ...pool }],
    ...fields
  })
