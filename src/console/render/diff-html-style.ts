/** How the page of a review looks: one column that a phone can show, wide things scroll by themselves, light or dark as the reader has it. */
export const style = `
:root{color-scheme:light dark;--text:#1b1f24;--quiet:#59636e;--ground:#fff;--raised:#f6f8fa;--line:#d1d9e0;--danger:#b3261e;--caution:#7a5200;--routine:#59636e;--link:#0550ae}
@media (prefers-color-scheme:dark){:root{--text:#e6edf3;--quiet:#9198a1;--ground:#0d1117;--raised:#161b22;--line:#3d444d;--danger:#ff8f85;--caution:#e3b341;--routine:#9198a1;--link:#79b8ff}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:60rem;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.3}h2{font-size:1.15rem;margin-top:2rem}h3{font-size:1rem;margin:0 0 .5rem}
a{color:var(--link)}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{background:var(--raised);border-radius:.25rem;padding:.1em .3em}
pre{background:var(--raised);border-radius:.375rem;padding:.75rem;margin:.5rem 0;white-space:pre-wrap}
article{border:1px solid var(--line);border-radius:.5rem;padding:.75rem;margin:.75rem 0}
summary{cursor:pointer;padding:.25rem 0}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;min-width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);overflow-wrap:normal}
td.long{min-width:14rem;overflow-wrap:anywhere}
.pill{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .6rem;font-size:.875rem;font-weight:600}
.danger{color:var(--danger)}.caution{color:var(--caution)}.routine{color:var(--routine)}
.quiet{color:var(--quiet)}
@media print{details>*{display:revert}article{break-inside:avoid}}
`;
