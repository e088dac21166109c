import{a,b}from"./chunk-47PBUJEH.js";import"./chunk-VI7IYVME.js";import"./chunk-M5IIDFX4.js";import"./chunk-76EISTF7.js";import"./chunk-ESXKGHSH.js";export{a as default,b as kindName};
