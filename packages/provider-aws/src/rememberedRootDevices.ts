import type { ComputeError } from "@orrery/core"
import { Effect } from "effect"
import { Client, DescribeImagesCommand } from "./Client.ts"

/** The root device of an image, asked of EC2 once: an image never changes. Undefined where EC2 tells none. */
export const rememberedRootDevices = (): ((
  image: string
) => Effect.Effect<string | undefined, ComputeError, Client>) => {
  const known = new Map<string, string>()
  return Effect.fnUntraced(function* (image) {
    const before = known.get(image)
    if (before !== undefined) return before
    const client = yield* Client
    const reply = yield* client.call("launch", image, (ec2, abortSignal) =>
      ec2.send(new DescribeImagesCommand({ ImageIds: [image] }), { abortSignal })
    )
    const found = reply.Images?.[0]?.RootDeviceName
    if (found !== undefined) known.set(image, found)
    return found
  })
}
