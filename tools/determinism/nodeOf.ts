import { join } from "node:path"
import { artifact, buildOnce } from "../backends/cache.ts"
import { run } from "../backends/run.ts"

/** The newest Node of a major version, from the npm packages that carry it; installed once, outside the checkout. */
export const nodeOf = async (major: number): Promise<string> => {
  const carrier = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`
  const built = artifact(`node-${major}`, [], [carrier])
  await buildOnce(built, `Node ${major}`, console.error, async (dir, step) => {
    step(`installing ${carrier}@${major}`)
    const flags = ["--prefix", dir, "--no-save", "--no-audit", "--no-fund", "--silent"]
    await run(["npm", "install", ...flags, `${carrier}@${major}`], { cwd: dir })
  })
  return join(built.dir, "node_modules", carrier, "bin", process.platform === "win32" ? "node.exe" : "node")
}
