/** The inline style sheet of the backtest page, which is one file. */
import {COLORS} from '../../slack-view/style.ts';

/** Further destinations reuse these colors. */
export const COLORS_OF_DESTINATIONS = 8;

const LIGHT = ['#0969da', '#bf8700', '#1a7f37', '#cf222e', '#8250df', '#bf3989', '#1b7c83', '#656d76'];
const DARK = ['#4493f8', '#d29922', '#3fb950', '#f85149', '#ab7df8', '#db61a2', '#39c5cf', '#9198a1'];
const fills = (colors: readonly string[]) => colors.map((color, index) => `.d${index}{fill:${color}}`).join('');

export const PAGE_STYLE = `
${COLORS}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans",
Helvetica,Arial,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1.25rem}
h1{font-size:1.35rem;line-height:1.3;margin:0 0 .2rem;overflow-wrap:anywhere}
h2{font-size:1rem;margin:2rem 0 .6rem;overflow-wrap:anywhere}
h3{font-size:.95rem;margin:0 0 .4rem;overflow-wrap:anywhere}
.dim,small,footer{color:var(--dim);font-size:.857rem;font-weight:400}
.bad{color:var(--bad)}
footer{margin-top:2rem}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;background:var(--code);border-radius:5px;
padding:.1em .35em;font-size:.857em;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
figure{margin:0;border:1px solid var(--line);border-radius:8px;padding:.8rem;background:var(--panel)}
.chart{display:block;width:100%;height:10rem}
figcaption{display:flex;justify-content:space-between;gap:.5rem;flex-wrap:wrap;color:var(--dim);font-size:.857rem;margin-top:.4rem}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:.6rem 0;padding:0;overflow-wrap:anywhere}
.key{width:.7rem;height:.7rem}
section{border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem;margin:0 0 .8rem}
section p{margin:.3rem 0 0;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(14rem,1fr));gap:.2rem 1.2rem;margin:0}
dt{color:var(--dim);font-size:.857rem}
dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.857rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-top:1px solid var(--line)}
th{color:var(--dim);font-weight:600;border-top:0}
td{overflow-wrap:anywhere;min-width:6rem}
details{margin:.4rem 0}
summary{cursor:pointer}
${fills(LIGHT)}
@media(prefers-color-scheme:dark){${fills(DARK)}}
`;
