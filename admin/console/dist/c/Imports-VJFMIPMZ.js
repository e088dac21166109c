import{a,b}from"./chunk-FIWKKBT7.js";import"./chunk-5R4LR2JE.js";import"./chunk-UC645HK2.js";import"./chunk-76EISTF7.js";import"./chunk-BMA5XBIS.js";export{a as default,b as kindName};
