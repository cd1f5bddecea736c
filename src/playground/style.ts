/** The inline style sheet of the playground. */
import {COLORS, SLACK_STYLE} from '../slack-view/style.ts';

export const PLAYGROUND_STYLE = `
${COLORS}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans",
Helvetica,Arial,sans-serif,"Apple Color Emoji","Segoe UI Emoji","Noto Color Emoji"}
header{background:var(--panel);border-bottom:1px solid var(--line);padding:.9rem 1.25rem}
header>div{max-width:90rem;margin:0 auto;display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;justify-content:space-between}
header p{margin:.1rem 0 0;color:var(--dim)}
h1{font-size:1.3rem;line-height:1.3;margin:0}
h2{font-size:1rem;margin:0 0 .5rem}
h3{font-size:.95rem;margin:0 0 .5rem;overflow-wrap:anywhere}
main{max-width:90rem;margin:0 auto;padding:1.25rem;display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:1.5rem;align-items:start}
section{margin:0 0 1.5rem}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:1px;border-radius:4px}
.dim,small{color:var(--dim);font-size:.87rem}
.good{color:var(--good)}.bad{color:var(--bad)}.busy,.hint{color:var(--busy)}
code,pre,textarea,.gutter,.fields input,.steps input{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code{background:var(--code);border-radius:5px;padding:.1em .35em;font-size:.857em;overflow-wrap:anywhere}
pre{overflow-x:auto}
p{margin:.2rem 0;overflow-wrap:anywhere}
textarea,input{font-size:13px;line-height:1.5;color:var(--text);background:var(--bg);border:1px solid var(--line);border-radius:6px;
padding:.35rem .5rem;width:100%}
textarea{display:block;resize:vertical;white-space:pre;overflow:auto;padding:.5rem .6rem}
input[type=radio]{width:auto;margin:0 .35rem 0 0}
textarea[aria-invalid=true],input[aria-invalid=true]{border-color:var(--bad)}
label{font-weight:600;font-size:.87rem}
button{font:inherit;font-size:.87rem;font-weight:600;color:var(--text);background:var(--panel);border:1px solid var(--line);
border-radius:6px;padding:.35rem .75rem;cursor:pointer;min-height:2.1rem}
button:hover{border-color:var(--dim)}
.buttons{display:flex;flex-wrap:wrap;gap:.5rem;margin:.6rem 0 0}
.editor{display:grid;grid-template-columns:auto minmax(0,1fr);border:1px solid var(--line);border-radius:8px;overflow:hidden;background:var(--panel)}
.editor:focus-within{outline:2px solid var(--link);outline-offset:1px}
.editor:has([aria-invalid=true]){border-color:var(--bad)}
.editor textarea{border:0;border-left:1px solid var(--line);border-radius:0;height:22rem;min-height:8rem;outline:0}
.gutter{overflow:hidden;height:0;min-height:100%;padding:.5rem .5rem;text-align:right;color:var(--dim);font-size:13px;line-height:1.5;margin:0;user-select:none}
.gutter b{color:var(--bad)}
ol.mistakes{list-style:none;margin:.5rem 0 0;padding:0;border:1px solid var(--bad);border-radius:8px;overflow:hidden}
ol.mistakes li{border-top:1px solid var(--line)}
ol.mistakes li:first-child{border-top:0}
ol.mistakes button{border:0;border-radius:0;background:none;font-weight:400;text-align:left;width:100%;padding:.45rem .7rem;
display:grid;grid-template-columns:auto minmax(0,1fr);gap:.7rem;overflow-wrap:anywhere;white-space:pre-wrap}
ol.mistakes button:hover{background:var(--panel)}
ol.mistakes b{color:var(--bad);white-space:nowrap;font-variant-numeric:tabular-nums}
fieldset{border:0;margin:0 0 .6rem;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1.2rem}
legend{padding:0}
fieldset label{font-weight:400;display:flex;align-items:center;min-height:2rem}
.fields{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:.5rem .75rem}
.fields label{display:block}
.fields .wide{grid-column:1/-1}
#json{height:16rem}
ol.steps{list-style:none;margin:0;padding:0;counter-reset:step}
ol.steps li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.2rem .5rem;align-items:end;border:1px solid var(--line);border-radius:8px;padding:.5rem .6rem;margin:0 0 .5rem}
ol.steps .step{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:.5rem}
ol.steps .step>:only-child{grid-column:1/-1}
ol.steps .bad{grid-column:1/-1}ol.steps .bad:empty{margin:-.2rem 0 0}
.badge{display:inline-block;border:1px solid currentColor;border-radius:2em;padding:0 .55em;font-size:.78rem;font-weight:600;white-space:nowrap;color:var(--dim)}
.badge.good{color:var(--good)}.badge.bad{color:var(--bad)}.badge.busy{color:var(--busy)}
.status{border:1px solid var(--line);background:var(--panel);border-radius:8px;padding:.5rem .8rem;font-weight:600;margin:0 0 1rem}
ul.verdicts,ul.acts,ul.states,ul.conditions{list-style:none;margin:0;padding:0}
ul.verdicts{border:1px solid var(--line);border-radius:8px}
ul.verdicts>li{padding:.6rem .8rem;border-top:1px solid var(--line);overflow-wrap:anywhere}
ul.verdicts>li:first-child{border-top:0}
ul.verdicts+ul.verdicts{margin-top:.5rem}
ul.conditions{margin:.3rem 0 0}
ul.conditions li{padding:.1rem 0 .1rem 1.4rem;text-indent:-1.4rem;font-size:.87rem}
ul.conditions li p{text-indent:0}
.mark{display:inline-block;width:1.4rem;text-indent:0;font-weight:700}
summary{cursor:pointer;color:var(--dim);font-size:.87rem;padding:.15rem 0}
ol.timeline{list-style:none;margin:0 0 0 .45rem;padding:0;border-left:2px solid var(--line)}
ol.timeline>li{position:relative;padding:0 0 1.4rem 1.2rem}
ol.timeline>li::before{content:"";position:absolute;left:-.45rem;top:.35rem;width:.75rem;height:.75rem;border-radius:50%;background:var(--link);border:2px solid var(--bg)}
ol.timeline>li.clock::before{background:var(--dim)}
ol.timeline>li.ack::before{background:var(--good)}
ol.timeline h3 time{font-variant-numeric:tabular-nums;color:var(--dim);margin-right:.35rem}
.news:empty{display:none}
figure{margin:.5rem 0;border:1px solid var(--line);border-radius:8px;overflow:hidden}
figcaption{background:var(--panel);padding:.35rem .8rem;font-size:.87rem;overflow-wrap:anywhere;display:flex;flex-wrap:wrap;gap:0 1rem;justify-content:space-between;align-items:baseline}
ul.acts,ul.states{margin:.4rem 0;font-size:.93rem}
ul.acts li,ul.states li{padding:.1rem 0;overflow-wrap:anywhere}
${SLACK_STYLE}.slack pre{overflow-x:auto}
#notice{max-width:90rem;margin:.8rem auto -.4rem;padding:0 1.25rem}
footer pre{font-size:.78rem;white-space:pre-wrap}
footer{max-width:90rem;margin:0 auto;padding:0 1.25rem 2rem;color:var(--dim);font-size:.87rem}
[hidden]{display:none!important}
@media(min-width:56.01rem){.narrow{display:none}}
@media(min-width:64rem){.inputs{position:sticky;top:1rem;max-height:calc(100vh - 2rem);overflow-y:auto;padding:2px 6px 2px 2px;margin:-2px}}
@media(max-width:56rem){main{grid-template-columns:minmax(0,1fr);padding:.9rem .8rem;gap:0}header{padding:.8rem}
footer{padding:0 .8rem 1.5rem}textarea,input,.gutter{font-size:16px}.editor textarea{height:20rem}
.slack{padding:.7rem .7rem;grid-template-columns:28px minmax(0,1fr);gap:0 .6rem}.slack .avatar{width:28px;height:28px;font-size:14px}
button{min-height:2.6rem}ol.timeline>li{padding-left:.9rem}}
`;
