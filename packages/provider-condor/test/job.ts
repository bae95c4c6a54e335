import { Job } from "@orrery/core"
import { Schema } from "effect"

const read = Schema.decodeUnknownSync(Job)

/** A job that runs a shell line on a machine of the pool. */
export const shellJob = (
  name: string,
  line: string,
  more: Readonly<Record<string, unknown>> = {},
  container = {}
): Job =>
  read({
    name,
    ...more,
    pod: { containers: [{ name: "main", image: "host", command: ["/bin/sh", "-c", line], ...container }] }
  })
