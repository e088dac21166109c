import{m as r,n as t}from"./chunk-SZKF7STH.js";function u(e,i){let n="kind."+e;return t(n)?r(n):i?.name??e}export{u as a};
