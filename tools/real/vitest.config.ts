import { join } from "node:path"
import { defineConfig } from "vitest/config"

/** Tests that need a real server. Their files share it, so they run one after another. */
export default defineConfig({
  root: join(import.meta.dirname, "..", ".."),
  ssr: { resolve: { conditions: ["@orrery/source", "node", "development|production"] } },
  test: {
    include: ["{packages,tools}/*/test/**/*.integration.test.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 240_000
  }
})
