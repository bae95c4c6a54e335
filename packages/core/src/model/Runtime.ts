import { Schema } from "effect"

/** What runs containers on a machine; without a version, the one that its image's packages have. */
export const Runtime = Schema.Struct({
  type: Schema.Literals(["containerd", "cri-o", "docker", "podman"]),
  version: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^\d+(\.\d+)*$/, { expected: "a version such as 1.6" }))
  )
})
export type Runtime = typeof Runtime.Type
