/** A headless Chromium for the documents that only a browser can judge. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { NEEDS } from "../../bin/setup/needs.js";

/** Nothing of it goes to the network; the sandbox cannot be had as root in a container. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A machine with more to do than this needs its time to start a browser. */
const PATIENCE_MS = 60_000;

/** The browser that the tests' own set-up installs, or undefined where there is none. */
export function findChromium(): string | undefined {
  const names = NEEDS.find(({ programs }) => programs.includes("chromium"))?.programs ?? [];
  const directories = (process.env.PATH ?? "").split(delimiter);
  return names
    .flatMap((name) => directories.map((directory) => join(directory, name)))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS, timeout: PATIENCE_MS });
}

/** A page on screen, and everything that went wrong with it or that it asked of the network. */
export interface OpenedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Where the document is pretended to come from: no name of it can be looked up. */
const ADDRESS = "http://report.invalid/";

/** Open a document as a browser opens a file from a server, in a window of its own. */
export async function openDocument(
  browser: Browser,
  document: string,
  options: { width: number; height: number; colorScheme: "light" | "dark" },
): Promise<OpenedPage> {
  const { width, height, colorScheme } = options;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  await page.route("**/*", async (route) => {
    if (route.request().url() === ADDRESS) {
      await route.fulfill({ body: document, contentType: "text/html; charset=utf-8" });
      return;
    }
    complaints.push(`asked for ${route.request().url()}`);
    await route.abort();
  });
  await page.goto(ADDRESS);
  return { page, complaints };
}
