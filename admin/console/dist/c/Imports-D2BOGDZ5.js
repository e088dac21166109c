import{a,b}from"./chunk-O3GJ526F.js";import"./chunk-WWQZKWR5.js";import"./chunk-TXVBJD6R.js";import"./chunk-76EISTF7.js";import"./chunk-H3OY4LOU.js";export{a as default,b as kindName};
