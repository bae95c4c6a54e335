import { nearest } from "../model/file/nearest.ts"
import type { NodePool } from "../model/NodePool.ts"
import type { Problem } from "../model/Problem.ts"

/** The instance types of pools that are not among the known ones, each with its place and what was probably meant. */
export const unknownTypes = (
  pools: ReadonlyArray<Pick<NodePool, "instanceTypes">>,
  known: ReadonlySet<string>
): ReadonlyArray<Problem> =>
  pools.flatMap(({ instanceTypes }, pool) =>
    instanceTypes.flatMap((written, index) => {
      if (known.has(written)) return []
      const meant = nearest(written, [...known].toSorted())
      return [
        {
          path: `nodePools.${pool}.instanceTypes.${index}`,
          message: `nobody offers ${written}`,
          remedy:
            meant === undefined ? "name an instance type that is offered in this region" : `did you mean ${meant}?`
        }
      ]
    })
  )
