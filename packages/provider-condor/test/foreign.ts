import { Foreign } from "@orrery/contract"
import { Effect, Layer } from "effect"
import { tool } from "./pool.ts"

/** Jobs in the same queue that somebody else submitted, called as ours would be, but without our mark. */
export const foreign: Layer.Layer<Foreign> = Layer.sync(Foreign, () =>
  Foreign.of({
    plant: (like) =>
      Effect.forEach(like, (name) => Effect.sync(() => tool("submit", ["-terse", "-"], jobLike(name))), {
        discard: true
      }),
    intact: Effect.sync(() =>
      tool("q", ["-constraint", "Stranger isnt undefined && (JobStatus == 1 || JobStatus == 2)", "-af", "Stranger"])
        .split("\n")
        .filter((name) => name !== "")
    ),
    clear: Effect.sync(() => {
      const left = tool("q", ["-constraint", "Stranger isnt undefined", "-af", "ClusterId"])
      if (left !== "") tool("rm", ["-constraint", "Stranger isnt undefined"])
    })
  })
)

const jobLike = (name: string) =>
  `executable = /bin/sleep\narguments = 600\ntransfer_executable = false\nMY.Stranger = "${name}"\nJobBatchName = ${name}\nqueue\n`
