/** The styles of the demo's pages: one inline style sheet, so that each page is one file. */
import {COLORS, SLACK_STYLE} from '../../slack-view/style.ts';

export const DEMO_STYLE = `
${COLORS}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans",
Helvetica,Arial,sans-serif,"Apple Color Emoji","Segoe UI Emoji","Noto Color Emoji"}
main,header>div{max-width:68rem;margin:0 auto;padding:0 1.25rem}
header{background:var(--panel);border-bottom:1px solid var(--line);padding:1rem 0;margin-bottom:1.5rem}
header p{margin:.15rem 0 0;color:var(--dim)}
h1{font-size:1.35rem;line-height:1.3;margin:0;display:flex;gap:.6rem;align-items:baseline;overflow-wrap:anywhere}
h1 small{font-weight:400;color:var(--dim)}
h2{font-size:1rem;margin:2rem 0 .6rem}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
.dim,small{color:var(--dim);font-size:.857rem}
code,pre,.log{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code{background:var(--code);border-radius:5px;padding:.1em .35em;font-size:.857em;overflow-wrap:anywhere}
pre{margin:0;padding:.8rem 1rem;overflow-x:auto;font-size:.83rem;line-height:1.45;tab-size:4}
.box{border:1px solid var(--line);border-radius:8px;overflow:hidden;background:var(--bg)}
.box>:first-child{border-top:0}
.icon{flex:none;display:inline-grid;place-items:center;width:1.15rem;height:1.15rem;border-radius:50%;color:var(--bg);
font:700 .72rem/1 system-ui,sans-serif;background:var(--dim)}
.success{background:var(--good)}.failure{background:var(--bad)}.busy{background:var(--busy)}
ol.runs{list-style:none;margin:0;padding:0}
ol.runs li{position:relative;display:grid;grid-template-columns:auto 1fr auto;gap:.1rem .75rem;align-items:start;padding:.7rem 1rem;
border-top:1px solid var(--line)}
ol.runs li:hover{background:var(--panel)}
ol.runs .icon{margin-top:.2rem}
ol.runs .name{font-weight:600;color:var(--text);overflow-wrap:anywhere}
ol.runs a.name::after{content:"";position:absolute;inset:0}
ol.runs .when{text-align:right;white-space:nowrap;color:var(--dim);font-size:.857rem}
ol.incidents,ol.timeline{list-style:none;margin:0;padding:0}
ol.incidents>li{padding:.7rem 1rem;border-top:1px solid var(--line)}
ol.incidents>li:first-child{border-top:0}
ol.timeline{margin:.5rem 0 .1rem;border-left:2px solid var(--line)}
ol.timeline li{display:grid;grid-template-columns:auto 1fr;gap:.1rem .75rem;padding:.1rem 0 .1rem .9rem}
ol.timeline time{color:var(--dim);font-variant-numeric:tabular-nums}
.empty{padding:2rem 1rem;text-align:center;color:var(--dim)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{padding:.45rem 1rem;border-top:1px solid var(--line);text-align:left;vertical-align:top}
th{background:var(--panel);font-weight:600;font-size:.857rem;white-space:nowrap}
td.grow{width:100%;min-width:14rem;overflow-wrap:anywhere}
td.short{white-space:nowrap}td.entity{min-width:15rem}
.badge{display:inline-block;border:1px solid currentColor;border-radius:2em;padding:0 .55em;font-size:.786rem;font-weight:600;
white-space:nowrap;color:var(--dim)}
.badge.good{color:var(--good)}.badge.bad{color:var(--bad)}
dl.facts{display:flex;flex-wrap:wrap;gap:.9rem 2.6rem;margin:0;padding:1rem}
dl.facts dt{color:var(--dim);font-size:.857rem}dl.facts dd{margin:.1rem 0 0;font-weight:600;overflow-wrap:anywhere}
details.box+details.box{margin-top:.75rem}
details.box>summary{cursor:pointer;padding:.6rem 1rem;font-weight:600;background:var(--panel)}
details.box[open]>summary{border-bottom:1px solid var(--line)}
${SLACK_STYLE}.summary{padding:.5rem 1.25rem 1.25rem;overflow-x:auto}
.summary h2{font-size:1.4rem;border-bottom:1px solid var(--line);padding-bottom:.3rem;margin:.8rem 0}
.summary h3{font-size:1.15rem;margin:1.3rem 0 .5rem}
.summary table{width:auto;margin:.6rem 0}.summary th,.summary td{border:1px solid var(--line);padding:.35rem .8rem}
.summary td code{white-space:nowrap}
.summary pre{background:var(--panel);border-radius:6px;margin:.5rem 0}
.summary details{margin:.6rem 0}.summary summary{cursor:pointer}
.log{background:#0d1117;color:#e6edf3;padding:.6rem 0;overflow-x:auto;font-size:12px;line-height:20px}
.log p{margin:0;padding:0 1rem;white-space:pre;min-height:20px}
.log details p{padding-left:2.2rem}.log summary{padding:0 1rem;cursor:pointer;white-space:pre}
.log .error{color:#ff7b72;background:#f851491f}.log .warning{color:#d29922;background:#bb80091f}.log .notice{color:#79c0ff}
.log .debug{color:#bc8cff}
nav{margin:0 0 1rem}
footer{max-width:68rem;margin:2.5rem auto;padding:0 1.25rem;color:var(--dim);font-size:.857rem}
@media(max-width:40rem){main,header>div,footer{padding-left:.8rem;padding-right:.8rem}
ol.runs li{grid-template-columns:auto 1fr}ol.runs .when{grid-column:2;text-align:left}ol.runs .when br{display:none}
ol.runs .when time::after{content:" · "}
.hooks tr{display:flex;flex-wrap:wrap;gap:.2rem .75rem;padding:.6rem .8rem;border-top:1px solid var(--line)}
.hooks tr:first-child{display:none}.hooks td{border:0;padding:0}.hooks td.grow{flex-basis:100%;order:1}
.summary{padding:.25rem .8rem .8rem}th,td{padding:.4rem .6rem}}
`;
