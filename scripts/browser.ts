/** A real browser, for whoever looks at a page as people see it. It is whatever Chromium the machine has: none is fetched. */
import { spawnSync } from 'node:child_process';
import { type Browser, launch } from 'puppeteer-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** `NW_BROWSER`, or the first that can be called by its name; undefined where there is none. */
export function browserHere(): string | undefined {
  const named = process.env.NW_BROWSER;
  if (named !== undefined) return named;
  const look = names.map((name) => `command -v ${name}`).join(' || ');
  const { stdout } = spawnSync('/bin/sh', ['-c', look], { encoding: 'utf8' });
  return stdout.trim() || undefined;
}

/** Without a window. Root may not have a sandbox. */
export function openBrowser(executablePath: string): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return launch({
    executablePath,
    args: ['--disable-dev-shm-usage', ...(isRoot ? ['--no-sandbox'] : [])],
  });
}
