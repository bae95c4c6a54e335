import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

const root = join(import.meta.dirname, "..", "..")
const every = globSync("{packages,tools}/*/test/**/*.integration.test.ts", { cwd: root }).toSorted()
const startsItsOwn = (file: string): boolean =>
  /= .*\bstart(Beside|WithKubelet)\(/.test(readFileSync(join(root, file), "utf8"))

const shared = {
  root,
  ssr: { resolve: { conditions: ["@orrery/source", "node", "development|production"] } }
}
const settings = { environment: "node", testTimeout: 300_000, maxConcurrency: 10, hookTimeout: 240_000 }

/** Whole contracts take longest by far: begun last, they would be waited for alone. */
class ContractsFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const isContract = ({ moduleId }: TestSpecification) => moduleId.includes("contract.integration")
    const sorted = await super.sort(files)
    return [...sorted.filter(isContract), ...sorted.filter((file) => !isContract(file))]
  }
}

/** Tests that need a real server. */
export default defineConfig({
  ...shared,
  test: {
    sequence: { sequencer: ContractsFirst },
    projects: [
      {
        ...shared,
        test: {
          ...settings,
          name: "one server for all",
          include: every.filter((file) => !startsItsOwn(file)),
          fileParallelism: false,
          sequence: { groupOrder: 0 }
        }
      },
      {
        ...shared,
        test: {
          ...settings,
          name: "a server each",
          include: every.filter(startsItsOwn),
          // they mostly wait, so two at a time
          maxWorkers: 2,
          sequence: { groupOrder: 1 }
        }
      }
    ]
  }
})
