import{a,b}from"./chunk-KFB5M3LR.js";import"./chunk-KIECGZYB.js";import"./chunk-76EISTF7.js";import"./chunk-HPXYNATG.js";export{a as default,b as kindName};
