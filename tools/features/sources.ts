import { clusters } from "./rows/clusters.ts"
import { jobs } from "./rows/jobs.ts"
import { queues } from "./rows/queues.ts"
import { specs } from "./rows/specs.ts"
import { units } from "./rows/units.ts"

/** Everything that people may look for, by where they know it from. */
export const sources = [units, clusters, specs, jobs, queues] as const
