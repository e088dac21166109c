import{a,b}from"./chunk-5ADCSFIY.js";import"./chunk-EGXWNTQG.js";import"./chunk-467NZ57U.js";import"./chunk-76EISTF7.js";import"./chunk-2WY35LTF.js";export{a as default,b as kindName};
