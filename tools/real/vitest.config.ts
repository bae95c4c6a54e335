import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { defineConfig } from "vitest/config"

const root = join(import.meta.dirname, "..", "..")
const every = globSync("{packages,tools}/*/test/**/*.integration.test.ts", { cwd: root }).toSorted()
const startsItsOwn = (file: string): boolean =>
  /= .*\bstart(Beside|WithKubelet)\(/.test(readFileSync(join(root, file), "utf8"))

const shared = {
  root,
  ssr: { resolve: { conditions: ["@orrery/source", "node", "development|production"] } }
}
const settings = { environment: "node", testTimeout: 300_000, maxConcurrency: 10, hookTimeout: 240_000 }

/** Tests that need a real server. */
export default defineConfig({
  ...shared,
  test: {
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
